import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ended } from '../testing/run-script.ts'
import type { OfflineWorld } from './testing/offline-home.ts'
import { FAIR } from './testing/offline-home.ts'
import { HAS_TERRAFORM, Rehearsal, WITH_TERRAFORM } from './testing/offline-rehearsal.ts'

describe.skipIf(!HAS_TERRAFORM)(`a canary${WITH_TERRAFORM}`, () => {
  let at: Rehearsal
  let calls = 0
  const newCalls = async () => {
    const all = (await at.cloud()).calls
    return all.slice(calls).filter((call) => /^(route|remember)/.test(call))
  }
  const deploy = async (world: Partial<OfflineWorld>): Promise<Ended> => {
    calls = (await at.cloud()).calls.length
    await at.change({ health: FAIR.health, ...world })
    return at.run('deploy', 'aws dev --yes')
  }
  beforeAll(async () => {
    at = await Rehearsal.open()
    await at.run('deploy', 'aws dev --yes')
  }, 60_000)
  afterAll(() => at[Symbol.asyncDispose]())

  it('gives a release that is well more and more requests, and remembers what served', async () => {
    const { status, stdout } = await deploy({ version: '2' })
    expect([status, await newCalls()], stdout).toEqual([0, ['route 1 2 50', 'remember 1', 'route 1 2 100']])
  })
  it('says why a function takes no part', async () => {
    const { stdout } = await deploy({ version: '3' })
    expect(stdout).toContain('sweep is on the new release at once: a schedule has no requests to split')
  })
  it.each([
    ['fails too often', { requests: 1000, errors: 20, p95Ms: 80 }, 'more than 1 % errors'],
    ['is slow', { requests: 1000, errors: 0, p95Ms: 9000 }, 'slower than 2000 ms'],
  ])('takes back a release that %s', async (_, health, says) => {
    const { status, stdout } = await deploy({ version: `ill ${says}`.replaceAll(/\W/g, ''), health })
    const routes = (await newCalls()).map((call) => call.split(' ').at(-1))
    expect([status, routes, stdout.includes(says)], stdout).toEqual([1, ['50', '0'], true])
  })
  it('leaves the requests where they were', async () => {
    expect((await at.cloud()).serving).toBe('3')
  })
  it('says nothing about a release that hardly anybody asked', async () => {
    const { status, stdout } = await deploy({ version: '4', health: { requests: 3, errors: 3, p95Ms: 80 } })
    expect([status, stdout.includes('too few to judge')], stdout).toEqual([0, true])
  })
  it('that is interrupted takes the release back', async () => {
    calls = (await at.cloud()).calls.length
    await at.change({ version: '5', canarySeconds: 60, health: FAIR.health })
    const started = at.start('deploy', 'aws dev --yes')
    await started.says('50 % of the requests go to the new release')
    const status = await started.kill('SIGINT')
    await at.change({ canarySeconds: 0 })
    expect([status, await newCalls()], started.printed).toEqual([1, ['route 4 5 50', 'route 4 5 0']])
  })
  it('that was killed is ended by npm run rollback: what served gets all, not the release before that', async () => {
    await at.change({ version: '5', canarySeconds: 60 })
    const started = at.start('deploy', 'aws dev --yes')
    await started.says('50 % of the requests go to the new release')
    await started.kill('SIGKILL')
    await at.change({ canarySeconds: 0 })
    const { status, stdout } = await at.run('rollback', 'aws dev')
    const { serving, halfway } = await at.cloud()
    expect([status, serving, halfway], stdout).toEqual([0, '4', undefined])
  })
  it('is taken back by npm run rollback', async () => {
    const { status, stdout } = await at.run('rollback', 'aws dev')
    expect([status, (await at.cloud()).serving, stdout.includes('api: 4 -> 3')], stdout).toEqual([
      0,
      '3',
      true,
    ])
  })
  it('and npm run rollback says what it cannot take back', async () => {
    const { stdout } = await at.run('rollback', 'aws dev')
    expect([stdout.includes('sweep stays'), stdout.includes('the database keeps its schema')]).toEqual([
      true,
      true,
    ])
  })
})
