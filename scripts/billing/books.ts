import {
  type BalanceDifference,
  compareBalances,
  compareWithMirror,
  rebuildBalances,
} from '../../core/ledger/balances.ts'
import { compareRollups, recomputeRollups } from '../../core/usage/recompute.ts'
import { table } from '../terminal.ts'
import type { Command } from './repair.ts'

const MONTH_MS = 31 * 86_400_000

/** Ledger and usage against what they are sums of. Status 1 where anything differs. */
export const checkBooks: Command = async ({ uses }, { since }) => {
  const to = uses.clock.now()
  const range = { from: since ?? new Date(to.getTime() - MONTH_MS), to }
  const [balances, mirror, rollups] = [
    await compareBalances(uses),
    await compareWithMirror(uses),
    await compareRollups(uses.db, range),
  ]
  print('Balances against their entries', balances)
  print('The ledger against the mirror (webhooks that wait make differences)', mirror)
  console.log(`Rollups against their usage events: ${rollups.length} hours differ.`)
  if (balances.length + mirror.length + rollups.length > 0) process.exitCode = 1
}

/** Makes balances and rollups again from what they are sums of. */
export const rebuildBooks: Command = async ({ uses }, { since, dryRun }) => {
  if (dryRun) return console.log('Balances would be made again of all entries, rollups of the usage events.')
  await rebuildBalances(uses)
  const to = uses.clock.now()
  const hours = await recomputeRollups(uses.db, { from: since ?? new Date(to.getTime() - MONTH_MS), to })
  console.log(`Balances are made again; ${hours} hours of usage were summed.`)
}

function print(what: string, differences: readonly BalanceDifference[]): void {
  console.log(`${what}: ${differences.length === 0 ? 'equal.' : `${differences.length} differ.`}`)
  if (differences.length === 0) return
  const rows = differences.map(({ account, party, currency, keptMinor, expectedMinor }) => [
    ...[account, party || '-', currency, String(keptMinor), String(expectedMinor)],
  ])
  console.log(table(['account', 'whose', 'currency', 'is', 'should be'], rows))
}
