import { describe, expect, it } from 'vitest'
import { columnOn } from './testing/columns.ts'
import { openStandIns, type StandIns } from './testing/stand-ins.ts'

const { canary } = columnOn('aws')
const share = { from: '7', to: '8' }
const ask = (standIns: StandIns, which: 'serving' | 'previous' | 'halfway') =>
  standIns.hands.ask<string | undefined>(canary[which]('video-api'), 'assumed')
const live = (standIns: StandIns) => (standIns.state.get('aliases fn') as Record<string, unknown>).live

async function serving7(): Promise<StandIns> {
  const standIns = await openStandIns()
  standIns.state.set('aliases fn', { live: { FunctionVersion: '7', AdditionalVersionWeights: {} } })
  return standIns
}

describe('a canary on AWS', () => {
  it('gives the new version its share of the alias', async () => {
    await using standIns = await serving7()
    await standIns.hands.runAll(canary.route('video-api', { ...share, percent: 5 }))
    expect(live(standIns)).toEqual({ FunctionVersion: '7', AdditionalVersionWeights: { 8: 0.05 } })
  })
  it('still names the version that serves when it was interrupted beyond the half', async () => {
    await using standIns = await serving7()
    await standIns.hands.runAll(canary.route('video-api', { ...share, percent: 90 }))
    expect(await ask(standIns, 'serving')).toBe('7')
  })
  it('is known by its second version when it was interrupted, and no more at its end', async () => {
    await using standIns = await serving7()
    await standIns.hands.runAll(canary.route('video-api', { ...share, percent: 5 }))
    const interrupted = await ask(standIns, 'halfway')
    await standIns.hands.runAll(canary.route('video-api', { ...share, percent: 100 }))
    expect([interrupted, await ask(standIns, 'halfway')]).toEqual(['8', undefined])
  })
  it('ends with the new version alone', async () => {
    await using standIns = await serving7()
    await standIns.hands.runAll(canary.route('video-api', { ...share, percent: 100 }))
    expect(live(standIns)).toEqual({ FunctionVersion: '8', AdditionalVersionWeights: {} })
  })
  it('is taken back to the old version alone', async () => {
    await using standIns = await serving7()
    await standIns.hands.runAll(canary.route('video-api', { ...share, percent: 25 }))
    await standIns.hands.runAll(canary.route('video-api', { ...share, percent: 0 }))
    expect(live(standIns)).toEqual({ FunctionVersion: '7', AdditionalVersionWeights: {} })
  })
  it('knows no version before the first', async () => {
    await using standIns = await serving7()
    expect(await ask(standIns, 'previous')).toBeUndefined()
  })
  it('remembers the version before, and then another', async () => {
    await using standIns = await serving7()
    await standIns.hands.runAll(canary.remember('video-api', '6'))
    await standIns.hands.runAll(canary.remember('video-api', '7'))
    expect(await ask(standIns, 'previous')).toBe('7')
  })
  it('proposes the version that the stack published', async () => {
    await using standIns = await serving7()
    expect(await standIns.hands.ask(canary.candidate('video-api'), '')).toBe('8')
  })
  it('splits schedules too, which call the alias', () => {
    expect(canary.unweighted('sweep')).toBeUndefined()
  })
})

describe('the health of a version', () => {
  const now = new Date('2026-11-21T10:00:00Z')
  const health = async (metrics: unknown, lines: unknown) => {
    await using standIns = await openStandIns()
    standIns.state.set('metrics', metrics)
    standIns.state.set('error lines', lines)
    return await standIns.hands.ask(canary.health('video-api', { release: '8', minutes: 5, now }), {
      ...{ requests: -1, errors: -1, p95Ms: -1 },
    })
  }
  const results = (requests: number[], errors: number[], p95: number[]) => ({
    MetricDataResults: [
      { Id: 'requests', Label: 'Invocations', Values: requests, StatusCode: 'Complete' },
      { Id: 'errors', Label: 'Errors', Values: errors, StatusCode: 'Complete' },
      { Id: 'p95', Label: 'Duration', Values: p95, StatusCode: 'Complete' },
    ],
    Messages: [],
  })

  it('is summed over the periods, with the slowest of them', async () => {
    expect(await health(results([30, 12], [1], [80.5, 120.25]), [])).toEqual({
      requests: 42,
      errors: 1,
      p95Ms: 120.25,
    })
  })
  it('counts answers of 500, which are lines of errors and no errors of Lambda', async () => {
    const lines = ['2026/11/21/[8]0a', '2026/11/21/[8]0b', '2026/11/21/[7]0c', '2026/11/21/[18]0d']
    expect(await health(results([10], [0], [50]), lines)).toMatchObject({ errors: 2 })
  })
  it('is none where nothing was asked', async () => {
    expect(await health(results([], [], []), null)).toEqual({ requests: 0, errors: 0, p95Ms: 0 })
  })
  it('is refused where the answer is of another form', () => {
    const { read } = canary.health('video-api', { release: '8', minutes: 5, now })
    expect(() => read('{"metrics":{"Results":[]},"lines":[]}')).toThrow('not of the documented form')
  })
  it('is asked of one version behind the alias', () => {
    const { argv } = canary.health('video-api', { release: '8', minutes: 5, now }).command
    expect(argv[2]).toContain('{"Name":"ExecutedVersion","Value":"8"}')
  })
})
