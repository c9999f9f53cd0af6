import { openLog } from '../adapters/node/log.ts'
import { type KeyReceipt, keyReceipt, keyStatus } from '../core/drm/key-records.ts'
import { rotateWrapped } from '../core/drm/rotate-keys.ts'
import type { Uses } from '../core/ports/ports.ts'
import type { Context } from '../core/run/context.ts'
import { isId } from '../core/run/id.ts'
import { type KeyDesk, openKeyDesk } from './key-desk.ts'
import { WrongSetting } from './settings.ts'
import { explain, table } from './terminal.ts'

const HELP = `npm run keys -- status | rotate | receipt <video> | new-local-key

What the keys of films are wrapped with. No command shows a key.

  status           versions of the wrapping key, and how many films each holds
  rotate           wraps anew what an older version has wrapped; playback goes on (a function does it each day)
  receipt <video>  what is on record of a film's keys: when made, when shredded. Also of a film that is deleted
  new-local-key    on this machine: puts a new wrapping key in front of the others; rotate comes next

  SKYREEL_HOME, DATABASE_URL   as for npm start
  SKYREEL_CLOUD                aws, gcp or azure: the deployment whose variables (docs/deployment.md) are set beside it
`

type Command = (desk: KeyDesk, ctx: Context) => Promise<void>

async function main(words: readonly string[]): Promise<void> {
  if (words.some((word) => word === '--help' || word === '-h')) return console.log(HELP)
  const act = command(words)
  const log = openLog({ level: 'warn', pretty: true, write: (text) => void process.stderr.write(text) })
  await using desk = await openKeyDesk(process.env, log)
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  await act(desk, { requestId: 'keys', traceparent: '', signal: stop.signal, log })
}

function command([verb = 'status', id, ...more]: readonly string[]): Command {
  if (more.length > 0 || (verb === 'receipt') !== (id !== undefined)) throw new WrongSetting(HELP)
  if (verb === 'receipt') return (desk) => receipt(desk.uses, id ?? '')
  const found = Object.hasOwn(COMMANDS, verb) ? COMMANDS[verb] : undefined
  if (!found) throw new WrongSetting(HELP)
  return found
}

const COMMANDS: Readonly<Record<string, Command>> = {
  status: ({ uses }) => status(uses),
  rotate: ({ uses }, ctx) => rotate(uses, ctx),
  'new-local-key': async ({ addKey }) => {
    console.log(`The key ${await addKey()} wraps from now on. Next: npm run keys -- rotate`)
  },
}

async function status(uses: Uses<'db' | 'keyVault'>): Promise<void> {
  const { current, versions, shredded } = await keyStatus(uses)
  const rows = versions.map(({ version, films, since, current: now }) => [
    ...[version, String(films), since?.toISOString() ?? '-', now ? 'wraps now' : 'due to be wrapped anew'],
  ])
  console.log(`The wrapping key is ${current}.`)
  if (rows.length > 0) console.log(table(['version', 'films', 'since', 'state'], rows))
  console.log(
    `Films with keys: ${versions.reduce((sum, { films }) => sum + films, 0)}. Shredded: ${shredded}.`,
  )
}

async function rotate(uses: KeyDesk['uses'], ctx: Context): Promise<void> {
  console.log(`Wrapped anew: ${await rotateWrapped(uses, ctx)}.`)
  const { versions } = await keyStatus(uses)
  const left = versions.filter(({ current }) => !current).reduce((sum, { films }) => sum + films, 0)
  if (left === 0) return
  console.log(`Left with an older version: ${left}. Keep that version, and see the errors above.`)
  process.exitCode = 1
}

async function receipt(uses: Uses<'db'>, id: string): Promise<void> {
  const found = isId('vid', id) ? await keyReceipt(uses, id) : undefined
  if (!found) throw new WrongSetting(`There is no record of keys of ${id}.`)
  const { createdAt, shreddedAt } = found
  const end = shreddedAt ? `shredded ${shreddedAt.toISOString()}` : 'not shredded'
  console.log(`${id}: keys made ${createdAt.toISOString()}, ${end}.`)
  console.log(table(['key id', 'label', 'protection', 'generation', 'edition', 'made'], found.keys.map(row)))
}

const row = ({ keyId, label, protection, generation, edition, createdAt }: KeyReceipt['keys'][number]) => [
  ...[keyId, label, protection, String(generation), String(edition), createdAt.toISOString()],
]

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`skyreel: ${explain(error)}`)
  process.exitCode = 1
})
