import { describe, expect, it } from 'vitest'
import { columnOn, outputsOn } from './testing/columns.ts'
import { openStandIns, type StandIns } from './testing/stand-ins.ts'

const column = columnOn('gcp')
const { canary } = column
const share = { from: 'fn-1', to: 'fn-2' }
const shares = (standIns: StandIns) =>
  (standIns.state.get('service fn') as { traffic: { revisionName: string; percent?: number }[] }).traffic
    .filter(({ percent }) => percent !== undefined)
    .map(({ revisionName, percent }) => `${revisionName} ${percent}`)
const ask = (standIns: StandIns, which: 'serving' | 'previous' | 'candidate' | 'halfway') =>
  standIns.hands.ask<string | undefined>(canary[which]('video-api'), 'assumed')

async function serving(traffic: readonly object[]): Promise<StandIns> {
  const standIns = await openStandIns()
  standIns.state.set('service fn', { ready: 'fn-2', created: 'fn-2', traffic })
  return standIns
}
const FIRST = [{ revisionName: 'fn-1', percent: 100 }]

describe('a canary on Google Cloud', () => {
  it('gives the new revision its share', async () => {
    await using standIns = await serving(FIRST)
    await standIns.hands.runAll(canary.route('video-api', { ...share, percent: 5 }))
    expect(shares(standIns)).toEqual(['fn-1 95', 'fn-2 5'])
  })
  it('still names the revision that serves when it was interrupted beyond the half', async () => {
    await using standIns = await serving(FIRST)
    await standIns.hands.runAll(canary.route('video-api', { ...share, percent: 90 }))
    expect(await ask(standIns, 'serving')).toBe('fn-1')
  })
  it('is known by its tag when it was interrupted, and no more at its end', async () => {
    await using standIns = await serving(FIRST)
    await standIns.hands.runAll(canary.route('video-api', { ...share, percent: 5 }))
    const interrupted = await ask(standIns, 'halfway')
    await standIns.hands.runAll(canary.route('video-api', { ...share, percent: 100 }))
    expect([interrupted, await ask(standIns, 'halfway')]).toEqual(['fn-2', undefined])
  })
  it('ends with the new revision, which then serves', async () => {
    await using standIns = await serving(FIRST)
    await standIns.hands.runAll(canary.route('video-api', { ...share, percent: 50 }))
    await standIns.hands.runAll(canary.route('video-api', { ...share, percent: 100 }))
    expect(await ask(standIns, 'serving')).toBe('fn-2')
  })
  it('is taken back to the old revision alone', async () => {
    await using standIns = await serving(FIRST)
    await standIns.hands.runAll(canary.route('video-api', { ...share, percent: 25 }))
    await standIns.hands.runAll(canary.route('video-api', { ...share, percent: 0 }))
    expect(shares(standIns)).toEqual(['fn-1 100'])
  })
  it('remembers the revision before through the next canary', async () => {
    await using standIns = await serving(FIRST)
    await standIns.hands.runAll(canary.remember('video-api', 'fn-1'))
    await standIns.hands.runAll(canary.route('video-api', { ...share, percent: 50 }))
    expect(await ask(standIns, 'previous')).toBe('fn-1')
  })
  it('refuses a revision that never became ready', () => {
    const status = { latestReadyRevisionName: 'fn-2', latestCreatedRevisionName: 'fn-3', traffic: FIRST }
    const { read } = canary.candidate('video-api')
    expect(() => read(JSON.stringify({ status }))).toThrow('the newest revision fn-3 is not ready')
  })
  it('splits schedules too, which are pushed to the service', () => {
    expect(canary.unweighted('sweep')).toBeUndefined()
  })
})

describe('publishing on Google Cloud', () => {
  const publish = async (standIns: StandIns) => {
    standIns.state.set('service sweep', {
      ready: 'sweep-1',
      created: 'sweep-1',
      traffic: [{ revisionName: 'sweep-1', percent: 100 }],
    })
    await standIns.hands.runAll(column.publish({ outputs: outputsOn('gcp'), dist: '/nowhere' }))
  }

  it('gives traffic that follows the newest revision to that revision by name', async () => {
    await using standIns = await serving([{ revisionName: 'fn-2', percent: 100, latestRevision: true }])
    await publish(standIns)
    expect(standIns.state.get('service fn')).toMatchObject({
      traffic: [{ revisionName: 'fn-2', percent: 100 }],
    })
  })
  it('leaves traffic where it is once it has a name', async () => {
    await using standIns = await serving(FIRST)
    await publish(standIns)
    expect(shares(standIns)).toEqual(['fn-1 100'])
  })
  it('moves nothing where it cannot see how traffic lies', async () => {
    await using standIns = await serving(FIRST)
    standIns.state.set('failing', 'run services describe fn')
    await publish(standIns).catch(() => undefined)
    expect(shares(standIns)).toEqual(['fn-1 100'])
  })
})

describe('the health of a revision', () => {
  const of = { release: 'fn-2', minutes: 5, now: new Date('2026-11-21T10:00:00Z') }
  const interval = { startTime: '2026-11-21T09:55:00Z', endTime: '2026-11-21T10:00:00Z' }
  const counted = (response_code_class: string, int64Value: string) => ({
    ...{ metric: { labels: { response_code_class } }, resource: { type: 'cloud_run_revision' } },
    ...{ metricKind: 'DELTA', valueType: 'INT64', points: [{ interval, value: { int64Value } }] },
  })
  const health = async (requests: unknown, latencies: unknown) => {
    await using standIns = await openStandIns()
    standIns.state.set('request_count', requests)
    standIns.state.set('request_latencies', latencies)
    return await standIns.hands.ask(canary.health('video-api', of), { requests: -1, errors: -1, p95Ms: -1 })
  }

  it('counts answers of 5xx as errors, and no others', async () => {
    const requests = { timeSeries: [counted('2xx', '90'), counted('4xx', '7'), counted('5xx', '3')] }
    const latencies = { timeSeries: [{ metric: {}, points: [{ interval, value: { doubleValue: 812.5 } }] }] }
    expect(await health(requests, latencies)).toEqual({ requests: 100, errors: 3, p95Ms: 812.5 })
  })
  it('is none where nothing was asked, which is an answer without series', async () => {
    expect(await health({}, { unit: 'ms' })).toEqual({ requests: 0, errors: 0, p95Ms: 0 })
  })
  it('is asked with a token that is in no argument', async () => {
    await using standIns = await openStandIns()
    standIns.state.set('request_count', {})
    standIns.state.set('request_latencies', {})
    await standIns.hands.ask(canary.health('video-api', of), { requests: 0, errors: 0, p95Ms: 0 })
    expect(`${JSON.stringify(await standIns.calls())}${await standIns.log()}`).not.toContain('ya29.token')
  })
})
