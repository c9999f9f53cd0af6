import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { getCloudRuntimes } from '../cloud-runtimes.ts'
import { CASES, type CaseName } from './adapters-cases.ts'
import type { Measured } from './adapters-measure.ts'
import { type BenchReport, figures, rounded, thisMachine } from './report.ts'

const PROCESSES = 5
const ROUNDS = 40
const CALLS = 100
const PATIENCE_MS = 300_000

export interface AdaptersReport extends BenchReport {
  /** Microseconds of one call, by case and contender. */
  readonly cases: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Who was left out of a case, since the answer was wrong, and how. */
  readonly wrong: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** A platform's event to its answer, with a trivial handler between: our adapters, other frameworks, and by hand. */
export async function benchAdapters(say: (line: string) => void): Promise<AdaptersReport> {
  const missing = await getCloudRuntimes(say)
  if (missing !== undefined) throw new Error(`the other frameworks could not be installed: ${missing}`)
  const found = figures()
  const wrong: Record<string, Measured['wrong']> = {}
  for (let run = 1; run <= PROCESSES; run++)
    for (const name of CASES) {
      const measured = await measureApart(name)
      for (const [contender, microseconds] of Object.entries(measured.microseconds))
        found.add(contender, name, 'µs', microseconds)
      if (Object.keys(measured.wrong).length > 0) wrong[name] = measured.wrong
      say(`run ${run}/${PROCESSES} ${name}: ${(measured.microseconds.skyreel ?? Number.NaN).toFixed(1)} µs`)
    }
  return reportOf(found, wrong)
}

async function measureApart(name: CaseName): Promise<Measured> {
  const file = join(import.meta.dirname, 'adapters-measure.ts')
  const child = fork(file, [name, String(ROUNDS), String(CALLS)], { execArgv: [] })
  const cut = () => child.kill('SIGKILL')
  process.once('exit', cut)
  const over = new AbortController()
  const signal = AbortSignal.any([over.signal, AbortSignal.timeout(PATIENCE_MS)])
  try {
    const ended = once(child, 'exit', { signal }).then(([code]): never => {
      throw new Error(`the measuring of ${name} ended with ${code} and told nothing`)
    })
    const [measured] = await Promise.race([once(child, 'message', { signal }), ended])
    ended.catch(() => undefined)
    return measured as Measured
  } finally {
    over.abort()
    process.off('exit', cut)
    cut()
  }
}

const OURS = ['skyreel', 'skyreel mapping', 'by hand']

function reportOf(found: ReturnType<typeof figures>, wrong: AdaptersReport['wrong']): AdaptersReport {
  const results = found.results()
  const cases = Object.fromEntries(CASES.map((name) => [name, byContender(results, name)]))
  return {
    name: 'adapters',
    machine: thisMachine(),
    runs: PROCESSES,
    results,
    cases,
    wrong,
    ratios: ratiosOf(cases),
    notes: [
      `p50 of ${ROUNDS} rounds of ${CALLS} calls, after as many to warm up; each case in processes of its own, contenders in turn.`,
      'skyreel: as deployed, with router, and on AWS middy and powertools. skyreel mapping: request and answer alone.',
      ...Object.entries(wrong).flatMap(([name, all]) =>
        Object.entries(all).map(([contender, how]) => `Left out of ${name}: ${contender}, for ${how}.`),
      ),
    ],
  }
}

const byContender = (results: BenchReport['results'], name: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    results.filter((result) => result.case === name).map(({ subject, median }) => [subject, median]),
  )

/** The worst of the cases each. */
export function ratiosOf(cases: AdaptersReport['cases']): {
  overBestPeer: number
  mappingOverHandWritten: number
} {
  const overPeer = Object.values(cases).flatMap((times) => {
    const peers = Object.entries(times).filter(([name]) => !OURS.includes(name))
    return peers.length === 0
      ? []
      : [(times.skyreel ?? Number.NaN) / Math.min(...peers.map(([, time]) => time))]
  })
  const overHand = Object.values(cases).map(
    (times) => (times['skyreel mapping'] ?? Number.NaN) / (times['by hand'] ?? Number.NaN),
  )
  return {
    overBestPeer: rounded(Math.max(...overPeer)),
    mappingOverHandWritten: rounded(Math.max(...overHand)),
  }
}
