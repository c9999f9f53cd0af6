import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestColumn, type TestColumn } from '../../../adapters/local/testing/column.ts'
import { doubtsOf } from './history-checks.ts'
import { type Ground, openGround } from './history-ground.ts'
import { openHistory } from './history-open.ts'
import { OPERATIONS, play } from './history-play.ts'
import { summed, type Tally } from './history-tally.ts'

/** In each of the suite's files: they run side by side. */
const FILES = 4
/** A second each and more: CI plays 500 in a job of their own (.github/workflows/ci.yml). */
const HISTORIES = Number(process.env.HISTORIES ?? (process.env.CI ? 60 : 40))
/** Of one, on a machine that has much else to do. */
const TIMEOUT_MS = 180_000
/** The one that failed, alone: `HISTORY_SEED=17 npx vitest run functions/billing/history`. */
const ONLY = process.env.HISTORY_SEED
/** Too few are too different from each other. */
const ENOUGH = 10

function seedsOf(file: number): readonly number[] {
  const seeds = ONLY === undefined ? Array.from({ length: HISTORIES }, (_, nth) => nth + 1) : [Number(ONLY)]
  return seeds.filter((seed) => seed % FILES === file % FILES)
}

/**
 * Random histories of 200 operations at Stripe, whose events are lost, repeated and in no order, and whose processes die
 * between any two statements. What is left of each must be what Stripe has, with each effect once. The objects are
 * fetched by the real SDK; of nine histories one does so over HTTP and the others without the sockets between, since all
 * that would be tried there is tried in the suites of `adapters/stripe`.
 */
export function historiesOf(file: number): void {
  let [column, ground]: [TestColumn?, Ground?] = []
  const tallies: Tally[] = []
  beforeAll(async () => {
    column = await openTestColumn()
    ground = await openGround()
  })
  afterAll(async () => {
    await ground?.[Symbol.asyncDispose]()
    await column?.[Symbol.asyncDispose]()
  })

  const seeds = seedsOf(file)
  it.runIf(seeds.length > 0).for(seeds)(
    'history %i ends as Stripe says, each effect once',
    { timeout: TIMEOUT_MS },
    async (seed) => {
      if (!column || !ground) throw new Error('nothing was opened')
      await using history = await openHistory(column, ground, seed)
      await play(history)
      tallies.push(history.tally)
      expect(await doubtsOf(history), `HISTORY_SEED=${seed} runs it alone`).toEqual([])
      expect(history.tally.operations).toBe(OPERATIONS)
    },
  )

  it.runIf(seeds.length >= ENOUGH)('was all that the histories say they are', () => {
    expect(tooLittleOf(tallies)).toEqual([])
  })
}

/** What each history must have had of everything, or all of them together a few times. */
function tooLittleOf(tallies: readonly Tally[]): readonly string[] {
  const all = summed(tallies)
  const [n, sent] = [tallies.length, all.sent]
  const least: Readonly<Record<string, readonly [have: number, atLeast: number]>> = {
    operations: [all.operations, n * OPERATIONS],
    'events that were lost': [all.lost, n * 40],
    'deliveries that were answered': [all.answered, n * 400],
    'deliveries whose receiver died': [all.again, n * 5],
    'objects that were written': [all.written, n * 100],
    'processes that died': [all.deaths, n * 8],
    'connections that were cut': [all.cuts, n / 2],
    'statements that processes died with': [all.diedWith.size, 20],
    'processes that stood still': [all.frozen, n * 2],
    'leases that were lost': [all.leasesLost, n],
    'histories over HTTP': [all.overHttp, Math.floor(n / 20)],
    ...Object.fromEntries(
      [1, 2, 3, 4, 5].map((copies) => [`events that came ${copies} times`, [sent[copies] ?? 0, n]]),
    ),
  }
  return Object.entries(least).flatMap(([what, [have, atLeast]]) =>
    have < atLeast ? [`${what}: ${have} in ${n} histories, not ${atLeast}`] : [],
  )
}
