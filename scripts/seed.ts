import { parseArgs } from 'node:util'
import { openLog } from '../adapters/node/log.ts'
import { type Reached, reachPlatform } from './running.ts'
import { DEMO, demoAccount } from './seed/account.ts'
import { seedFilms } from './seed/films.ts'
import { type Sown, sowFilms, sowPlanned } from './seed/sow.ts'
import { readSettings, WrongSetting } from './settings.ts'
import { bar, explain, progressLine, table } from './terminal.ts'

const HELP = `npm run seed -- [--films N] [--videos N]

Fills the platform with something to look at: an account, small films with chapters and captions (one public, one
private, one that is refused, one for subscribers), all by the public API. A second run adds only what is missing.

  --films N    so many films, 4 unless said otherwise, 200 at most; from the fifth on test patterns
  --videos N   so many entries without a film, 0 unless said otherwise, 2000 at most: for long lists
  PORT, SKYREEL_HOME, DATABASE_URL   as for npm start; where none runs at PORT, it is started for the time being
`
const ending = new AbortController()
const line = progressLine(process.stderr)

async function main(): Promise<void> {
  const wanted = readArguments()
  if (!wanted) return console.log(HELP)
  const log = openLog({ level: 'warn', pretty: true, write: (text) => void process.stderr.write(text) })
  const settings = readSettings(process.env)
  await using platform = await reachPlatform(settings, { log, say })
  say(
    platform.ranBefore
      ? `filling the one that runs at ${platform.origin}`
      : `started for the time being, in ${settings.home}`,
  )
  const work = { api: await demoAccount(platform.origin), signal: ending.signal, show }
  const sown = await sowFilms(work, seedFilms(wanted.films))
  const planned = await sowPlanned(work, wanted.videos)
  line.clear()
  report(sown, planned)
  invite(platform, settings.port)
}

const say = (text: string) => console.error(`skyreel: ${text}`)

function readArguments(): { films: number; videos: number } | undefined {
  const options = {
    films: { type: 'string', default: '4' },
    videos: { type: 'string', default: '0' },
    help: { type: 'boolean', short: 'h' },
  } as const
  const { values } = parse(() => parseArgs({ options }))
  if (values.help) return undefined
  return { films: count('films', values.films, 200), videos: count('videos', values.videos, 2000) }
}

function parse<T>(body: () => T): T {
  try {
    return body()
  } catch (cause) {
    throw new WrongSetting(`${explain(cause)}\n\n${HELP}`)
  }
}

function count(name: string, text: string, most: number): number {
  if (/^\d{1,4}$/.test(text) && Number(text) <= most) return Number(text)
  throw new WrongSetting(`--${name} ${text}: give a number from 0 to ${most}.`)
}

function show(what: string, stage: string, fraction: number): void {
  line.show(`${what.slice(0, 30).padEnd(30)} ${stage.padEnd(11)} ${bar(fraction)}`, `${what} ${stage}`)
}

function report(sown: readonly Sown[], planned: number): void {
  const added = sown.filter(({ isNew }) => isNew).length
  if (sown.length > 0) console.log(`${table(['film', 'who sees it', 'status', ''], sown.map(row))}\n`)
  console.log(
    added + planned === 0
      ? 'Nothing was missing.'
      : `Added: films ${added} of ${sown.length}, entries without a film ${planned}.`,
  )
  if (!sown.every(asItShould)) process.exitCode = 1
}

function row({ film, video, isNew }: Sown): string[] {
  const why = video.failure && (film.sources ? `FAILED: ${video.failure.message}` : video.failure.message)
  return [
    film.title,
    film.visibility === 'public' ? 'everybody' : 'its owner',
    video.status,
    why ?? (isNew ? 'new' : ''),
  ]
}

const asItShould = ({ film, video }: Sown) => video.status === (film.sources ? 'ready' : 'failed')

function invite(platform: Reached, port: number): void {
  const origin = platform.ranBefore ? platform.origin : `http://localhost:${port === 0 ? 8080 : port}`
  console.log(`
${platform.ranBefore ? 'Open' : 'Start it with npm start, then open'}
  ${origin}/studio/   and sign in: ${DEMO.email}, password: ${DEMO.password}
  ${origin}/          for what everybody sees
`)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => ending.abort(new Error(`ended by ${signal}; run it again to go on`)))
await main().catch((error: unknown) => {
  line.clear()
  console.error(`skyreel: ${explain(error)}`)
  process.exitCode = 1
})
