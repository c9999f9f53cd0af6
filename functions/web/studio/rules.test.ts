import { expect, it } from 'vitest'
import type { PlaybackRules } from '../../../core/playback/wire.ts'
import { countriesOf, localTime, rulesIn } from './rules.ts'

const NONE: PlaybackRules = {
  ...{ refuseAnonymous: false, allowOffline: false, hardwareForHd: false, takenDown: false },
}
const form = (fields: Readonly<Record<string, string>>) => {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.set(name, value)
  return data
}

it('makes no rule of what is left empty', () => {
  expect(
    rulesIn(form({ startsAt: '', endsAt: '', countries: ' ', notCountries: '', minAge: '' }), NONE),
  ).toEqual(NONE)
})

it('reads what was typed and ticked', () => {
  const typed = { countries: 'de, AT', minAge: '16', refuseAnonymous: 'on' }
  expect(rulesIn(form(typed), NONE)).toEqual({
    ...NONE,
    ...{ countries: ['DE', 'AT'], minAge: 16, refuseAnonymous: true },
  })
})

it('leaves a film down that was taken down', () => {
  const down = { ...NONE, takenDown: true, takenDownFor: 'A claim.' }
  expect(rulesIn(form({}), down)).toMatchObject({ takenDown: true, takenDownFor: 'A claim.' })
})

it.each([
  ['de AT;ch', ['DE', 'AT', 'CH']],
  ['DE, de', ['DE']],
  ['', undefined],
])('reads the countries of "%s"', (text, codes) => {
  expect(countriesOf(text)).toEqual(codes)
})

it('brings a moment back as it was typed', () => {
  const { startsAt } = rulesIn(form({ startsAt: '2026-11-21T08:05' }), NONE)
  expect(localTime(startsAt)).toBe('2026-11-21T08:05')
})
