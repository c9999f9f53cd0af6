import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../settings.ts'
import { type BenchReport, figures, rounded, thisMachine } from './report.ts'
import { startServer } from './server-process.ts'

const RUNS = 5

/** `npm start` to the first answered request: with a new home, again with the same, and again without npm around it. */
export async function benchStart(say: (line: string) => void): Promise<BenchReport> {
  const found = figures()
  // A process that has just been built or fetched is read from disk once: the first run warms the file cache.
  for (let run = 0; run <= RUNS; run++) {
    const home = await mkdtemp(join(tmpdir(), 'skyreel-bench-'))
    await chmod(home, 0o755)
    for (const [name, command] of CASES) {
      const env = { SKYREEL_HOME: home, DATABASE_URL: '' }
      const server = await startServer({ command, env, path: '/healthz' })
      await server.stop()
      say(`run ${run}/${RUNS} ${name}: ${server.startSeconds.toFixed(2)} s`)
      if (run > 0) found.add('skyreel', name, 's', server.startSeconds)
    }
    await rm(home, { recursive: true, force: true })
  }
  const first = found.median('skyreel', 'first start')
  return {
    name: 'start',
    machine: thisMachine(),
    runs: RUNS,
    results: found.results(),
    ratios: { laterOverFirst: rounded(found.median('skyreel', 'later start') / first) },
    notes: [
      'First: packages and pages are there, the home is new (initdb, migrations, keys). Later: nothing has changed.',
    ],
  }
}

const NPM_START = ['npm', '--prefix', ROOT, 'start']
const CASES: readonly (readonly [string, readonly string[]])[] = [
  ['first start', NPM_START],
  ['later start', NPM_START],
  ['later start without npm', [process.execPath, join(ROOT, 'scripts/start.ts')]],
]
