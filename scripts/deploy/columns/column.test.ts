import { describe, expect, it } from 'vitest'
import { dev } from '../../../cdktf/config/dev.ts'
import { CLOUDS } from '../../../cdktf/shared/environment.ts'
import { placeOf } from '../../../cdktf/shared/place.ts'
import { dryHands } from '../dry-hands.ts'
import { columnOn, OPEN } from './testing/columns.ts'

describe.each(CLOUDS)('the column of %s', (cloud) => {
  it('names the field of the config that an account is compared with', () => {
    const { field, wanted } = columnOn(cloud).account
    const value = field.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], dev)
    expect(value).toBe(wanted)
  })
  it('takes the account out of what the tool prints', () => {
    const { query, wanted } = columnOn(cloud).account
    expect(query.read(`${wanted}\n`)).toBe(wanted)
  })
  it('takes no account from an answer that is none', () => {
    expect(() => columnOn(cloud).account.query.read('(unset)\n')).toThrow('expected')
  })
  it('says what to do where a canary is asked for before the first apply', () => {
    const { canary } = OPEN[cloud]({ place: placeOf(cloud, dev), outputs: undefined })
    expect(() => canary.serving('video-api')).toThrow(`npm run deploy -- ${cloud} dev`)
  })
  it('says which functions there are where one is unknown', () => {
    expect(() => columnOn(cloud).canary.unweighted('vidoe-api')).toThrow('it has video-api, sweep')
  })
  it('shows a canary in a dry run, which knows no release', async () => {
    const lines: string[] = []
    const hands = dryHands((line) => lines.push(line))
    const { canary } = columnOn(cloud)
    const share = { from: '<serving release>', to: '<new release>' }
    for (const percent of [5, 100, 0]) await hands.runAll(canary.route('video-api', { ...share, percent }))
    const nothing = { requests: 0, errors: 0, p95Ms: 0 }
    const of = { release: share.to, minutes: 5, now: new Date('2026-11-21T10:00:00Z') }
    await hands.ask(canary.health('video-api', of), nothing)
    expect(lines.join('\n')).toContain('<new release>')
  })
})
