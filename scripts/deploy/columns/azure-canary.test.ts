import { describe, expect, it } from 'vitest'
import { columnOn, outputsOn } from './testing/columns.ts'
import { openStandIns, type StandIns } from './testing/stand-ins.ts'

const column = columnOn('azure')
const { canary } = column
const share = { from: 'a', to: 'b' }
const origin = (name: string, enabledState: string, weight: number) => ({ name, enabledState, weight })
const A_SERVES = [origin('a', 'Enabled', 992), origin('b', 'Disabled', 3)]
/** As a stack may make them: Terraform ignores both fields from then on. */
const NEW = [origin('a', 'Enabled', 1000), origin('b', 'Enabled', 1000)]

async function having(origins: readonly object[]): Promise<StandIns> {
  const standIns = await openStandIns()
  standIns.state.set('origins video-api', origins)
  return standIns
}
const lie = (standIns: StandIns) =>
  (standIns.state.get('origins video-api') as { name: string; enabledState: string; weight: number }[]).map(
    ({ name, enabledState, weight }) => `${name} ${enabledState} ${weight}`,
  )
const ask = (standIns: StandIns, which: 'serving' | 'previous' | 'candidate' | 'halfway') =>
  standIns.hands.ask<string | undefined>(canary[which]('video-api'), 'assumed')
const route = (standIns: StandIns, percent: number, of = share) =>
  standIns.hands.runAll(canary.route('video-api', { ...of, percent }))

describe('a canary on Azure', () => {
  it('shares the requests between the two apps by weights, to a hundredth', async () => {
    await using standIns = await having(A_SERVES)
    await route(standIns, 5)
    expect(lie(standIns)).toEqual(['a Enabled 952', 'b Enabled 51'])
  })
  it('still names the app that serves when it was interrupted beyond the half', async () => {
    await using standIns = await having(A_SERVES)
    await route(standIns, 90)
    expect(await ask(standIns, 'serving')).toBe('a')
  })
  it('is known by its weight when it was interrupted, and no more at its end', async () => {
    await using standIns = await having(A_SERVES)
    await route(standIns, 5)
    const interrupted = await ask(standIns, 'halfway')
    await route(standIns, 100)
    expect([interrupted, await ask(standIns, 'halfway')]).toEqual(['b', undefined])
  })
  it('ends with the new app serving and the old one as the one before', async () => {
    await using standIns = await having(A_SERVES)
    await route(standIns, 50)
    await route(standIns, 100)
    expect([await ask(standIns, 'serving'), await ask(standIns, 'previous')]).toEqual(['b', 'a'])
  })
  it('has nothing to go back to once it is taken back: the other app has the bad code', async () => {
    await using standIns = await having(A_SERVES)
    await route(standIns, 25)
    await route(standIns, 0)
    expect([await ask(standIns, 'serving'), await ask(standIns, 'previous')]).toEqual(['a', undefined])
  })
  it('goes back after its end to the app before', async () => {
    await using standIns = await having(A_SERVES)
    await route(standIns, 100)
    await route(standIns, 100, { from: 'b', to: 'a' })
    expect(await ask(standIns, 'serving')).toBe('a')
  })
  it('knows of no release before the first, whatever weights the stack begins with', async () => {
    await using standIns = await having(NEW)
    expect([await ask(standIns, 'serving'), await ask(standIns, 'candidate')]).toEqual([undefined, 'a'])
  })
  it('gives all requests to the first release', async () => {
    await using standIns = await having(NEW)
    await route(standIns, 100, { from: 'a', to: 'a' })
    expect(lie(standIns)).toEqual(['a Enabled 992', 'b Disabled 1'])
  })
  it('has its say about schedules, which cannot be weighted', () => {
    expect(canary.unweighted('sweep')).toContain('timer')
  })
  it('weighs an API', () => {
    expect(canary.unweighted('video-api')).toBeUndefined()
  })
})

describe('publishing code on Azure', () => {
  const publish = (standIns: StandIns) =>
    standIns.hands.runAll(column.publish({ outputs: outputsOn('azure'), dist: '/nowhere' }))
  const published = async (standIns: StandIns) =>
    ['app-a', 'app-b', 'sweep'].filter((app) => standIns.state.get(`code of ${app}`) !== undefined)

  it('goes to both apps at first, so that none is empty', async () => {
    await using standIns = await having(NEW)
    await publish(standIns)
    expect(await published(standIns)).toEqual(['app-a', 'app-b', 'sweep'])
  })
  it('leaves the app alone that serves', async () => {
    await using standIns = await having(A_SERVES)
    await publish(standIns)
    expect(await published(standIns)).toEqual(['app-b', 'sweep'])
  })
  it('takes an app out that an unfinished canary left with requests', async () => {
    await using standIns = await having([origin('a', 'Enabled', 502), origin('b', 'Enabled', 501)])
    await publish(standIns)
    expect(lie(standIns)).toEqual(['a Enabled 502', 'b Disabled 1'])
  })
  it('forgets the release before, whose code it replaces', async () => {
    await using standIns = await having(A_SERVES)
    await publish(standIns)
    expect(await ask(standIns, 'previous')).toBeUndefined()
  })
  it('publishes nothing where it cannot see which app serves', async () => {
    await using standIns = await having(A_SERVES)
    standIns.state.set('failing', 'afd origin show')
    await publish(standIns).catch(() => undefined)
    expect(await published(standIns)).toEqual([])
  })
  it('copies the account key into the vault, and shows it nowhere', async () => {
    await using standIns = await having(A_SERVES)
    await publish(standIns)
    const shown = `${JSON.stringify(await standIns.calls())}${await standIns.log()}`
    expect([standIns.state.get('secret storage-key'), shown.includes('account+key')]).toEqual([
      'account+key==',
      false,
    ])
  })
  it('stores no empty key where the account does not tell its own', async () => {
    await using standIns = await having(A_SERVES)
    standIns.state.set('failing', 'account keys list')
    await publish(standIns).catch(() => undefined)
    expect(standIns.state.get('secret storage-key')).toBeUndefined()
  })
})

describe('the health of an app', () => {
  const of = { release: 'b', minutes: 5, now: new Date('2026-11-21T10:00:00Z') }
  const columns = ['requests', 'errors', 'p95'].map((name) => ({ name, type: 'real' }))
  const health = async (rows: unknown[][]) => {
    await using standIns = await openStandIns()
    standIns.state.set('insights', { tables: [{ name: 'PrimaryResult', columns, rows }] })
    return await standIns.hands.ask(canary.health('video-api', of), { requests: -1, errors: -1, p95Ms: -1 })
  }

  it('is read from the one row of the answer', async () => {
    expect(await health([[120, 2, 431.7]])).toEqual({ requests: 120, errors: 2, p95Ms: 431.7 })
  })
  it.each([
    [0, 0, null],
    [null, null, 'NaN'],
  ])('is none where nothing was asked: %s', async (...row) => {
    expect(await health([row])).toEqual({ requests: 0, errors: 0, p95Ms: 0 })
  })
  it('is asked of the app behind the release', () => {
    expect(canary.health('video-api', of).command.argv.join(' ')).toContain("cloud_RoleName =~ 'app-b'")
  })
})
