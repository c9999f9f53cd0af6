import type { PlaybackRules, PlaybackRulesChange } from '../../../core/playback/wire.ts'

/** Rules as they are, in the form that says them anew. */
export function changeOf({ takenDownAt: _, ...rules }: PlaybackRules): PlaybackRulesChange {
  return rules
}

/** What the form says, beside what it does not show. */
export function rulesIn(form: FormData, before: PlaybackRules): PlaybackRulesChange {
  const text = (name: string) => String(form.get(name) ?? '').trim()
  const isOn = (name: string) => form.get(name) !== null
  const { takenDown, takenDownFor } = before
  return {
    ...given('startsAt', instantOf(text('startsAt'))),
    ...given('endsAt', instantOf(text('endsAt'))),
    ...given('countries', countriesOf(text('countries'))),
    ...given('notCountries', countriesOf(text('notCountries'))),
    ...given('minAge', text('minAge') === '' ? undefined : Number(text('minAge'))),
    refuseAnonymous: isOn('refuseAnonymous'),
    allowOffline: isOn('allowOffline'),
    hardwareForHd: isOn('hardwareForHd'),
    takenDown,
    ...given('takenDownFor', takenDownFor),
  }
}

/** What is left out is no rule. */
function given<K extends string, V>(name: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [key in K]?: V })
}

/** "de, AT ch" → `['DE', 'AT', 'CH']`; nothing is no rule. Whether they are countries the platform says. */
export function countriesOf(text: string): string[] | undefined {
  const codes = text
    .toUpperCase()
    .split(/[\s,;]+/)
    .filter(Boolean)
  return codes.length === 0 ? undefined : [...new Set(codes)]
}
export const countriesIn = (codes: readonly string[] | undefined): string => codes?.join(', ') ?? ''

/** A moment as the field for date and time takes it: in the zone of whoever sits there, to the minute. */
export function localTime(iso: string | undefined): string {
  if (iso === undefined) return ''
  const at = new Date(iso)
  const two = (n: number) => String(n).padStart(2, '0')
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-')
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}`
}
const instantOf = (local: string): string | undefined =>
  local === '' ? undefined : new Date(local).toISOString()
