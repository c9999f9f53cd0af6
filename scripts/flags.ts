import { availableParallelism } from 'node:os'
import { localConfig } from '../adapters/local/config.ts'
import { systemClock } from '../adapters/node/clock.ts'
import { openLog } from '../adapters/node/log.ts'
import type { Uses } from '../core/ports/ports.ts'
import { flagStates, setFlag } from '../core/run/flag-store.ts'
import { FLAG_NAMES, FLAGS, type Flag, isFlag } from '../core/run/flags.ts'
import { readConfig } from '../functions/entry/config.ts'
import { openPlatformDatabase } from './platform-database.ts'
import { readSettings, WrongSetting } from './settings.ts'
import { explain, table } from './terminal.ts'

const HELP = `npm run flags -- list | on <name> | off <name>

Shows or turns behaviour of the platform, while it runs or not. Every process notices within five seconds.

${FLAG_NAMES.map((name) => `  ${name.padEnd(14)} ${FLAGS[name].says}`).join('\n')}

  SKYREEL_FLAGS="open-signup=off,top-rungs=on"   given to npm start, has the last word
  SKYREEL_HOME, DATABASE_URL                     as for npm start
`

type Needs = Uses<'db' | 'clock' | 'config'>

async function main(words: readonly string[]): Promise<void> {
  if (words.some((word) => word === '--help' || word === '-h')) return console.log(HELP)
  const act = command(words)
  const log = openLog({ level: 'warn', pretty: true, write: (text) => void process.stderr.write(text) })
  const settings = readSettings(process.env)
  const config = localConfig('http://localhost', readConfig(process.env, availableParallelism()))
  await using database = await openPlatformDatabase(settings, log)
  await act({ db: database.db, clock: systemClock, config })
}

function command([verb = 'list', name, ...more]: readonly string[]): (uses: Needs) => Promise<void> {
  if (verb === 'list' && name === undefined) return list
  if ((verb !== 'on' && verb !== 'off') || name === undefined || more.length > 0) throw new WrongSetting(HELP)
  if (!isFlag(name)) throw new WrongSetting(`There is no flag ${name}. Known: ${FLAG_NAMES.join(', ')}`)
  return (uses) => turn(uses, name, verb === 'on')
}

async function list(uses: Needs): Promise<void> {
  const rows = (await flagStates(uses)).map(({ flag, on, by, updatedAt }) => {
    const since = updatedAt ? ` since ${updatedAt.toISOString()}` : ''
    return [flag, on ? 'on' : 'off', by + since, FLAGS[flag].says]
  })
  console.log(table(['flag', 'state', 'by', 'what it does'], rows))
}

async function turn(uses: Needs, flag: Flag, on: boolean): Promise<void> {
  await setFlag(uses, flag, on)
  console.log(`${flag} is ${on ? 'on' : 'off'}.`)
  const forced = uses.config.flags[flag]
  if (forced !== undefined && forced !== on)
    console.log(
      `But SKYREEL_FLAGS says ${forced ? 'on' : 'off'} here, and has the last word where it is set.`,
    )
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`skyreel: ${explain(error)}`)
  process.exitCode = 1
})
