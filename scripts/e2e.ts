import { parseArgs } from 'node:util'
import { getCloudRuntimes } from './cloud-runtimes.ts'
import type { CloudUnderTest } from './e2e/cloud.ts'
import { cloudsUnderTest } from './e2e/clouds.ts'
import { type Report, runEndToEnd } from './e2e/run.ts'
import type { Telling } from './e2e/steps.ts'
import { getTools } from './media-tools.ts'
import { WrongSetting } from './settings.ts'
import { explain, progressLine, table } from './terminal.ts'

const NAMES = cloudsUnderTest.map(({ name }) => name).join('|')
const HELP = `npm run e2e -- ${NAMES} [--json]

Does the main job on one cloud, without an account: builds every function as it is deployed, starts the bundles under the
cloud's own runtime with its real drivers, against servers on this machine that speak the cloud's protocols, and a
PostgreSQL behind a stand-in for Neon. Then it signs up, uploads a film by signed requests, waits for the store's own
event to bring it through all functions and the media container, and plays it from the CDN, every frame. A second film is
encrypted and played in Chromium, with keys of the licence function; others get none.

  --json   one JSON object on standard output: {cloud, ok, steps, film, encrypted, processes, fault?, logs?}

Status 0: every quality decodes to exactly the frames that the film had. Times are seconds.
`

const ending = new AbortController()
const line = progressLine(process.stderr)
const tell: Telling = {
  begun: (step) => {
    if (process.stderr.isTTY) line.show(`     ...    ${step}`)
  },
  over: ({ step, seconds }) => {
    line.clear()
    console.error(`${seconds.toFixed(2).padStart(8)} s  ${step}`)
  },
}

async function main(): Promise<void> {
  const { values, positionals } = readArguments()
  if (values.help) return console.log(HELP)
  const cloud = cloudNamed(positionals)
  await prepare(cloud)
  const because = cloud.missing()
  if (because !== undefined) throw new Error(`${cloud.name} cannot run here: ${because}`)
  const report = await runEndToEnd(cloud, { ending: ending.signal, tell }).finally(() => line.clear())
  if (!report.ok) process.exitCode = 1
  if (values.json) console.log(JSON.stringify(report))
  else print(report)
}

/** Gets what is missing, as `npm test` does; what cannot be had is told by the cloud itself. */
async function prepare({ tools = [] }: CloudUnderTest): Promise<void> {
  const say = (words: string) => console.error(`skyreel: ${words}`)
  for (const { tool, because, command } of await getTools(['ffmpeg', 'chromium', ...tools], say))
    say(`${tool} is missing (${because}). To get it: ${command}`)
  const because = await getCloudRuntimes(say)
  if (because !== undefined) say(`the runtimes of the clouds are missing: ${because}`)
}

function readArguments() {
  const options = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const
  try {
    return parseArgs({ options, allowPositionals: true })
  } catch (cause) {
    throw new WrongSetting(`${explain(cause)}\n\n${HELP}`)
  }
}

function cloudNamed([name, ...more]: readonly string[]): CloudUnderTest {
  const found = cloudsUnderTest.find((cloud) => cloud.name === name)
  if (!found || more.length > 0) throw new WrongSetting(`name one cloud: ${NAMES}\n\n${HELP}`)
  return found
}

function print({ cloud, ok, film, encrypted, processes = [], fault, logs = {} }: Report): void {
  if (film) {
    const rows = film.qualities.map(({ height, kbps, codecs, frames }) => [
      ...[`${height}p`, String(kbps), codecs, `${frames} of ${film.frames}`],
    ])
    console.log(`\n${table(['quality', 'kbit/s', 'codecs', 'frames'], rows)}`)
  }
  if (encrypted) {
    const { decoded, frames, refused } = encrypted
    const others = Object.entries(refused).map(([who, answer]) => `${who}: ${answer}`)
    console.log(`\nencrypted: ${decoded} of ${frames} frames in Chromium; no key for ${others.join(', ')}`)
  }
  const rows = processes.map(({ name, startMs, peakMb }) => [
    ...[name, startMs === undefined ? '-' : `${startMs} ms`, peakMb === undefined ? '-' : `${peakMb} MB`],
  ])
  if (rows.length > 0) console.log(`\n${table(['process', 'start', 'peak'], rows)}`)
  for (const [part, lines] of Object.entries(logs)) console.error(`\n${part}:\n  ${lines.join('\n  ')}`)
  console.log(`\n${cloud}: ${ok ? 'every frame is there' : fault}`)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => ending.abort(new Error(`ended by ${signal}`)))
await main().catch((error: unknown) => {
  console.error(`skyreel: ${explain(error)}`)
  process.exitCode = 1
})
// A service whose start was cut off may still listen; its processes end with this one.
process.stdout.write('', () => process.exit())
