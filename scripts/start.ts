import { relative } from 'node:path'
import { openLog } from '../adapters/node/log.ts'
import { bringUp, checkPort, type Platform } from './bring-up.ts'
import { ROOT, readSettings, type Settings, WrongSetting } from './settings.ts'
import { explain } from './terminal.ts'

const HELP = `npm start - the whole platform on this machine

It installs what is missing, starts PostgreSQL and the object store, builds the pages and serves all of it.

  PORT           8080      where it listens
  SKYREEL_HOME   .skyreel  where database, films and keys are kept
  DATABASE_URL   -         a PostgreSQL 15 or later to use instead of the embedded one
  STRIPE_API_KEY -         a test key of Stripe instead of the local Stripe server; STRIPE_WEBHOOK_SECRET with it
  SKYREEL_INSTALL=no       never call apt-get

Ctrl-C stops it cleanly; a second Ctrl-C at once. docs/operations.md tells of backup, reset and repair.
`

const say = (line: string) => console.log(`skyreel: ${line}`)

async function main(): Promise<void> {
  if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) return console.log(HELP)
  const settings = readSettings(process.env)
  await checkPort(settings.port)
  const stopping = stopOnSignal()
  const log = openLog({ pretty: process.stdout.isTTY === true })
  const platform = await bringUp({ ...settings, log, say })
  stopping.platform(platform)
  greet(platform.origin, settings)
}

function greet(origin: string, { home, databaseUrl }: Settings): void {
  const folder = relative(ROOT, home)
  console.log(`
Skyreel is up (${process.uptime().toFixed(1)} s).

  ${origin}/          watch films
  ${origin}/studio/   create an account, drop a film on the page, see it transcoded
  ${origin}/plans/    subscribe with the test card 4242 4242 4242 4242; /account/ and /studio/billing/ show the rest
  ${origin}/docs      the API; ${origin}/openapi.json for machines

  No film at hand? In another terminal: npm run demo
  All is kept in ${folder.startsWith('..') ? home : folder}${databaseUrl ? ' and in your database' : ''}. Ctrl-C stops it.
`)
}

/** The first signal stops cleanly, also one that comes while starting; the second ends the process at once. */
function stopOnSignal() {
  const up = Promise.withResolvers<Platform>()
  let asked = false
  const stop = async (signal: NodeJS.Signals) => {
    if (asked) process.exit(1)
    asked = true
    say(`${signal}: stopping (again: at once) ...`)
    await (await up.promise).stop()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void stop(signal).catch(fail))
  return { platform: up.resolve }
}

function fail(error: unknown): never {
  console.error(`\nskyreel: ${explain(error)}`)
  if (!(error instanceof WrongSetting) && error instanceof Error) console.error(`\n${error.stack}\n`)
  process.exit(1)
}

await main().catch(fail)
