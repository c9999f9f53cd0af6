import { startVitest } from 'vitest/node'
import { openLog } from '../adapters/node/log.ts'
import { preparePages } from './bring-up.ts'
import { printChecks, runChecks } from './check.ts'
import { getCloudRuntimes } from './cloud-runtimes.ts'
import { getTools } from './media-tools.ts'
import { ROOT } from './settings.ts'
import { explain } from './terminal.ts'
import { Tally } from './test-tally.ts'

const HELP = `npm test [-- <part of a file's path> ...]

Sets up what the tests need (ffmpeg, chromium, a font, Ceph's S3 server and a compiler by apt where this user may; the
clouds' emulators and runtimes by npm), builds the pages, checks types, lint
and format, and runs the tests, or those of the files named. The last line counts: N passed, N failed, N skipped.
`

const say = (line: string) => console.log(`skyreel: ${line}`)

const TOOLS = ['ffmpeg', 'chromium', 'font', 'radosgw', 'compiler'] as const

async function main(filters: readonly string[]): Promise<void> {
  if (filters.includes('--help')) return console.log(HELP)
  for (const { tool, because, command } of await getTools(TOOLS, say)) {
    say(`${tool} is missing (${because}); its tests are skipped. To run them: ${command}`)
  }
  const noRuntimes = await getCloudRuntimes(say)
  if (noRuntimes !== undefined)
    say(`the clouds' runtimes are missing (${noRuntimes}); their tests are skipped`)
  const tally = new Tally()
  const checks = await runChecks()
  printChecks(checks)
  tally.passed += checks.filter(({ ok }) => ok).length
  tally.failed += checks.filter(({ ok }) => !ok).length
  await counted(tally, () => preparePages(openLog({ level: 'warn' }), say))
  await counted(tally, () => runTests(tally, filters))
  finish(tally)
}

async function runTests(tally: Tally, filters: readonly string[]): Promise<void> {
  const vitest = await startVitest('test', [...filters], {
    root: ROOT,
    run: true,
    watch: false,
    reporters: ['default', tally],
  })
  await vitest.close()
}

/** What fails outside of a test (the set-up of the run, the build of the pages) counts as one failure. */
async function counted(tally: Tally, body: () => Promise<void>): Promise<void> {
  try {
    await body()
  } catch (error) {
    tally.failed++
    console.error(`skyreel: ${explain(error)}`, error)
  }
}

function finish(tally: Tally): void {
  // Vitest sets a status for what it does not count as a test: no file found, for one.
  const alsoFailed = tally.failed === 0 && (process.exitCode ?? 0) !== 0
  if (alsoFailed) tally.failed++
  if (tally.skipped.length > 0) console.log(`\n${tally.reasons()}`)
  process.exitCode = tally.failed === 0 ? 0 : 1
  // Something that a test left open must not keep the run from ending.
  process.stdout.write(`\n${tally.line()}\n`, () => process.exit())
}

await main(process.argv.slice(2))
