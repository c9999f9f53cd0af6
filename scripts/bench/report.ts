import { cpus, totalmem } from 'node:os'
import { table } from '../terminal.ts'

/** One measured figure. `median` over the runs, in `unit`. */
export interface Result {
  readonly subject: string
  readonly case: string
  readonly median: number
  readonly unit: string
  /** The highest of a time, where the one late answer counts. */
  readonly worst?: number
}

/** What every benchmark prints with `--json`. */
export interface BenchReport {
  readonly name: string
  readonly machine: Machine
  /** How often each subject was measured, in turn with the others. */
  readonly runs: number
  readonly results: readonly Result[]
  /** Ours over theirs: the figures that hold on another machine, too. */
  readonly ratios: Readonly<Record<string, number>>
  /** What was measured, where a figure alone would mislead. */
  readonly notes?: readonly string[]
}

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly system: string
  readonly node: string
}

export function thisMachine(): Machine {
  const cores = cpus()
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    system: `${process.platform} ${process.arch}`,
    node: process.versions.node,
  }
}

/** The middle value; of an even number the mean of the middle two. Throws for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const low = sorted[Math.floor((sorted.length - 1) / 2)]
  const high = sorted[Math.ceil((sorted.length - 1) / 2)]
  if (low === undefined || high === undefined) throw new Error('no value to take the median of')
  return (low + high) / 2
}

export interface Figures {
  add(subject: string, what: string, unit: string, value: number): void
  median(subject: string, what: string): number
  /** The highest value. Throws for none. */
  worst(subject: string, what: string): number
  results(): Result[]
}

/** Collects figures over the runs and makes medians of them. */
export function figures(): Figures {
  const all = new Map<string, { subject: string; case: string; unit: string; values: number[] }>()
  const valuesOf = (subject: string, what: string) => all.get(`${subject}\n${what}`)?.values ?? []
  return {
    add(subject, what, unit, value) {
      const key = `${subject}\n${what}`
      const entry = all.get(key) ?? { subject, case: what, unit, values: [] }
      entry.values.push(value)
      all.set(key, entry)
    },
    median: (subject, what) => median(valuesOf(subject, what)),
    worst(subject, what) {
      const values = valuesOf(subject, what)
      if (values.length === 0) throw new Error(`nothing was measured of ${subject}, ${what}`)
      return Math.max(...values)
    },
    results() {
      return [...all.values()].map(({ values, ...entry }) => ({ ...entry, median: rounded(median(values)) }))
    },
  }
}

/** Three figures that count; more would be noise. */
export const rounded = (value: number) => Number(value.toPrecision(4))

export function printReport({ name, machine, runs, results, ratios, notes = [] }: BenchReport): void {
  console.log(
    `\n${name}: ${machine.cores} x ${machine.cpu}, ${machine.memoryGb} GB, Node ${machine.node}; median of ${runs}\n`,
  )
  const withWorst = results.every(({ worst }) => worst !== undefined)
  console.log(
    table(
      ['subject', 'case', 'median', 'unit', ...(withWorst ? ['worst'] : [])],
      results.map((r) => [
        r.subject,
        r.case,
        String(r.median),
        r.unit,
        ...(withWorst ? [String(r.worst)] : []),
      ]),
    ),
  )
  console.log(
    `\n${table(
      ['ratio', 'value'],
      Object.entries(ratios).map(([ratio, value]) => [ratio, value.toFixed(3)]),
    )}`,
  )
  for (const note of notes) console.log(`\n${note}`)
  console.log()
}
