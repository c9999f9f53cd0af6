import { describe, expect, it } from 'vitest'
import { openTestColumn } from '../../adapters/local/testing/column.ts'
import { featureFlags } from '../database/schema.ts'
import { flagStates, isOn, setFlag } from './flag-store.ts'
import { FLAG_NAMES, FLAGS, type Flag } from './flags.ts'

/** Another process has a cache of its own: it writes past ours. */
const turnElsewhere = async ({ db, clock }: Parameters<typeof setFlag>[0], flag: Flag, enabled: boolean) => {
  const row = { name: flag, enabled, updatedAt: clock.now() }
  await db.insert(featureFlags).values(row).onConflictDoUpdate({ target: featureFlags.name, set: row })
}

describe('a flag', () => {
  it.each(FLAG_NAMES)('has its default where nobody said anything: %s', async (flag) => {
    await using column = await openTestColumn()
    expect(await isOn(column.ports, flag)).toBe(FLAGS[flag].byDefault)
  })
  it('is what the table says', async () => {
    await using column = await openTestColumn()
    await turnElsewhere(column.ports, 'open-signup', false)
    expect(await isOn(column.ports, 'open-signup')).toBe(false)
  })
  it('is what the environment says, whatever stands in the table', async () => {
    await using column = await openTestColumn({ config: { flags: { 'open-signup': true } } })
    await setFlag(column.ports, 'open-signup', false)
    expect(await isOn(column.ports, 'open-signup')).toBe(true)
  })
  it('is noticed at once in the process that turns it', async () => {
    await using column = await openTestColumn()
    await isOn(column.ports, 'open-signup')
    await setFlag(column.ports, 'open-signup', false)
    expect(await isOn(column.ports, 'open-signup')).toBe(false)
  })
  it('is noticed elsewhere when five seconds are over, and not looked up before', async () => {
    await using column = await openTestColumn()
    const seen = [await isOn(column.ports, 'open-signup')]
    await turnElsewhere(column.ports, 'open-signup', false)
    for (const ms of [4999, 1]) {
      column.clock.advance(ms)
      seen.push(await isOn(column.ports, 'open-signup'))
    }
    expect(seen).toEqual([true, true, false])
  })
  it('is asked for again after a question that failed', async () => {
    await using column = await openTestColumn()
    await column.ports.db.execute('alter table feature_flags rename to away')
    await expect(isOn(column.ports, 'open-signup')).rejects.toThrow('feature_flags')
    await column.ports.db.execute('alter table away rename to feature_flags')
    expect(await isOn(column.ports, 'open-signup')).toBe(true)
  })
  it('can be turned as often as wanted', async () => {
    await using column = await openTestColumn()
    for (const on of [false, true, false]) await setFlag(column.ports, 'top-rungs', on)
    expect(await isOn(column.ports, 'top-rungs')).toBe(false)
  })
})

describe('the list of flags', () => {
  it('says of each who decided it', async () => {
    await using column = await openTestColumn({ config: { flags: { 'top-rungs': false } } })
    await setFlag(column.ports, 'open-signup', false)
    expect(await flagStates(column.ports)).toEqual([
      { flag: 'open-signup', on: false, by: 'table', updatedAt: column.clock.now() },
      { flag: 'top-rungs', on: false, by: 'environment' },
    ])
  })
  it('holds no flag that the table has and the code no more', async () => {
    await using column = await openTestColumn()
    await turnElsewhere(column.ports, 'gone' as Flag, true)
    expect((await flagStates(column.ports)).map(({ flag, by }) => `${flag} ${by}`)).toEqual(
      FLAG_NAMES.map((flag) => `${flag} default`),
    )
  })
})
