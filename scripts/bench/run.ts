import { explain } from '../terminal.ts'
import { type BenchReport, printReport } from './report.ts'

const HELP = `npm run bench -- <name> [film] [--json]

  api         list of videos and a 404: our API over a bare node:http server with the same query
  transcode   CPU, wall and memory of the pipeline over hand-written ffmpeg commands; takes a film, best a real 1080p one
  adapters    native event to native answer: our adapters over other frameworks' and over a hand-written handler
  coldstart   process start to first answer: deployed functions over the smallest one, the webhook over 2 s; takes the number of rounds
  synth       seconds and peak memory of synthesizing one stack of each cloud, and all nine
  webhooks    webhooks verified and kept over bare inserts into the same PostgreSQL; how fast workers drain them
  license     licences of Clear Key and Widevine through the whole function; signing of Widevine messages over bare node:crypto
  start       npm start to the first answered request, first and later

What is compared is measured in turn in the same run; only ratios hold on another machine. Leave the machine alone meanwhile.
`

type Bench = (say: (line: string) => void, argument: string | undefined) => Promise<BenchReport>
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  api: async () => (await import('./api.ts')).benchApi,
  transcode: async () => (await import('./transcode.ts')).benchTranscode,
  adapters: async () => (await import('./adapters.ts')).benchAdapters,
  coldstart: async () => (await import('./coldstart.ts')).benchColdStart,
  synth: async () => (await import('./synth.ts')).benchSynth,
  webhooks: async () => (await import('./webhooks.ts')).benchWebhooks,
  license: async () => (await import('./license.ts')).benchLicense,
  start: async () => (await import('./start.ts')).benchStart,
}

async function main(): Promise<void> {
  const words = process.argv.slice(2)
  const [name = '', argument] = words.filter((word) => !word.startsWith('-'))
  const load = BENCHES[name]
  if (!load) {
    console.log(HELP)
    if (!words.includes('--help')) process.exitCode = 1
    return
  }
  const report = await (await load())((line) => console.error(`bench: ${line}`), argument)
  if (words.includes('--json')) console.log(JSON.stringify(report))
  else printReport(report)
}

await main().catch((error: unknown) => {
  console.error(`bench: ${explain(error)}`)
  process.exitCode = 1
})
