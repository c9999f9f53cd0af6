import { openLog } from '../adapters/node/log.ts'
import { checkBooks, rebuildBooks } from './billing/books.ts'
import { openBillingDesk } from './billing/platform.ts'
import {
  backfillEvents,
  type Command,
  printDifferences,
  reconcileObjects,
  replayDone,
} from './billing/repair.ts'
import { makePlans, registerWebhook } from './billing/set-up.ts'
import { discardOne, listTroubled, retryOne } from './billing/troubled.ts'
import { readWords } from './billing/words.ts'
import { WrongSetting } from './settings.ts'
import { explain } from './terminal.ts'

const HELP = `npm run billing -- <verb> [options]

  diff                    what the payment provider has that we do not, and the other way round, per kind and field
  reconcile               the same, and mends it: each object is fetched and written as by a webhook
  backfill                takes events that no endpoint of ours has taken (--all: every event of the time) into the inbox
  replay --since 24h      lets webhooks that are done go through once more; where nothing was wrong nothing changes
  dead                    webhooks that failed too often, or were for another account or mode
  retry <id>              tries one of those again
  discard <id> --note ..  gives one up; who, when and why are kept
  books                   the ledger's balances against its entries and the mirror, usage against its events
  rebuild                 makes balances and rollups again of entries and events
  plans                   makes the plans of core/billing/default-plans.ts at the provider, where they are missing
  webhook --url https://...  makes the endpoints at the provider and prints the value of the secret that verifies them

  --since 12h | 7d | 2026-11-01   --kind invoice   --provider stripe   --dry-run (says what would be done)
  SKYREEL_HOME, DATABASE_URL      as for npm start
  STRIPE_API_KEY                  Stripe itself; without it the local Stripe server, which must run (npm start)
  SKYREEL_CLOUD                   aws, gcp or azure: the deployment whose variables (docs/deployment.md) are set beside it
Ctrl-C stops at a good place; the same command then goes on where it was. Status 1: something differs or has failed.
`

const VERBS: Readonly<Record<string, Command>> = {
  diff: printDifferences,
  reconcile: reconcileObjects,
  backfill: backfillEvents,
  replay: replayDone,
  dead: listTroubled,
  retry: retryOne,
  discard: discardOne,
  books: checkBooks,
  rebuild: rebuildBooks,
  plans: makePlans,
  webhook: registerWebhook,
}

async function main(given: readonly string[]): Promise<void> {
  if (given.some((word) => word === '--help' || word === '-h')) return console.log(HELP)
  const words = readWords(given, new Date())
  const run = Object.hasOwn(VERBS, words.verb) ? VERBS[words.verb] : undefined
  if (!run) throw new WrongSetting(HELP)
  const log = openLog({ level: 'warn', pretty: true, write: (text) => void process.stderr.write(text) })
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort(new Error('stopped by the operator')))
  await using desk = await openBillingDesk(process.env, log)
  await run({ uses: desk.uses, log, signal: stop.signal }, words)
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`skyreel: ${explain(error)}`)
  process.exitCode = 1
})
