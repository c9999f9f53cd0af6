import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { findEngine } from '../adapters/ffmpeg/engine.ts'
import { openLog } from '../adapters/node/log.ts'
import { bringUp } from './bring-up.ts'
import { signUp } from './demo/api.ts'
import { type DemoTools, type Outcome, runFilm } from './demo/film.ts'
import { makeSample } from './demo/sample.ts'
import { readSettings, WrongSetting } from './settings.ts'
import { bar, explain, progressLine, table } from './terminal.ts'

const HELP = `npm run demo -- [film ...] [--json] [--keep]

Does the main job without a browser: starts the platform on a free port, uploads each film by the public API, waits until
it is ready, fetches every file that its playlists name, and decodes the first and last segment of every rung.
Without a film it makes one of 20 seconds.

  --json   one JSON object on standard output, progress on standard error
  --keep   keeps the platform's folder, and says how to start it
  SKYREEL_HOME (and with it DATABASE_URL) is used where it is set; else a folder that is thrown away.

Status 0: every film that can play plays. A film that is refused with a reason counts as one that cannot.
Times are seconds from the end of the upload.
`

const ending = new AbortController()
const line = progressLine(process.stderr)

async function main(): Promise<void> {
  const { values, positionals } = readArguments()
  if (values.help) return console.log(HELP)
  const films = positionals.map((film) => resolve(process.env.INIT_CWD ?? '.', film))
  const lost = films.find((film) => !existsSync(film))
  if (lost !== undefined) throw new WrongSetting(`There is no film ${lost}.`)
  const home = process.env.SKYREEL_HOME ? undefined : await mkdtemp(join(tmpdir(), 'skyreel-demo-'))
  const settings = home ? { home, port: 0 } : { ...readSettings(process.env), port: 0 }
  // A database that outlives the folder of its objects would keep films that cannot be played.
  const log = openLog({ level: 'warn', pretty: true, write: (text) => void process.stderr.write(text) })
  const platform = await bringUp({ ...settings, log, say: (text) => console.error(`skyreel: ${text}`) })
  try {
    report(await runFilms(platform.origin, films), values.json)
  } finally {
    line.clear()
    await platform.stop()
    if (home && !values.keep) await rm(home, { recursive: true, force: true })
  }
  if (values.keep) console.error(`skyreel: kept; look at it with: SKYREEL_HOME=${settings.home} npm start`)
}

function readArguments() {
  const options = {
    json: { type: 'boolean' },
    keep: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  } as const
  try {
    return parseArgs({ options, allowPositionals: true })
  } catch (cause) {
    throw new WrongSetting(`${explain(cause)}\n\n${HELP}`)
  }
}

async function runFilms(origin: string, films: readonly string[]): Promise<Outcome[]> {
  const engine = await findEngine({})
  const person = {
    email: `demo-${randomBytes(6).toString('hex')}@example.com`,
    password: randomBytes(18).toString('base64'),
    name: 'Demo',
  }
  const tools: DemoTools = { api: await signUp(origin, person), engine, signal: ending.signal, show }
  if (films.length > 0) return inTurn(films, (film) => runFilm(tools, basename(film), film))
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-sample-'))
  try {
    show('sample.mp4', 'being made', 0)
    const sample = await makeSample(engine, folder, ending.signal)
    return [await runFilm(tools, basename(sample), sample)]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** One film after the other: side by side each would wait for the others, and its times would say nothing. */
async function inTurn<T, R>(items: readonly T[], body: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (const item of items) results.push(await body(item))
  return results
}

function show(file: string, stage: string, fraction: number): void {
  line.show(`${file.slice(0, 24).padEnd(24)} ${stage.padEnd(11)} ${bar(fraction)}`, `${file} ${stage}`)
}

function report(outcomes: readonly Outcome[], json = false): void {
  line.clear()
  if (!outcomes.every(({ asItShould }) => asItShould)) process.exitCode = 1
  if (json) console.log(JSON.stringify({ films: outcomes.map((outcome) => outcome.report) }))
  else printTable(outcomes)
}

function printTable(outcomes: readonly Outcome[]): void {
  const head = ['film', 'seconds', 'status', 'playable after', 'ready after', 'rungs', 'result']
  console.log(`\n${table(head, outcomes.map(row))}\n`)
  for (const { report: film, message } of outcomes) if (message) console.log(`${film.file}: ${message}`)
}

function row({ report: film, asItShould }: Outcome): string[] {
  const number = (seconds: number | null) => seconds?.toFixed(1) ?? '-'
  const rungs = film.rungs
    .map(({ height, kbps }) => (height > 0 ? `${height}p ${kbps}k` : `audio ${kbps}k`))
    .join(', ')
  const result = film.ok ? 'plays' : asItShould ? `refused: ${film.reason}` : `FAILED: ${film.reason}`
  return [
    film.file,
    number(film.seconds),
    film.status,
    number(film.playableAfterSeconds),
    number(film.readyAfterSeconds),
    rungs || '-',
    result,
  ]
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => ending.abort(new Error(`ended by ${signal}`)))
await main().catch((error: unknown) => {
  line.clear()
  console.error(`skyreel: ${explain(error)}`)
  process.exitCode = 1
})
