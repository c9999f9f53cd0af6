import { awsColumn } from './conformance/aws-column.ts'
import { azureColumn } from './conformance/azure-column.ts'
import { type Column, type ColumnName, MODES, type Mode } from './conformance/column.ts'
import { openTeller, type Teller } from './conformance/event-app.ts'
import { EVENT_CASES } from './conformance/event-cases.ts'
import { gcpColumn } from './conformance/gcp-column.ts'
import { CASES_IN } from './conformance/http-cases-in.ts'
import { CASES_OUT } from './conformance/http-cases-out.ts'
import { localColumn } from './conformance/local-column.ts'
import { type CaseResult, isRed, runColumn } from './conformance/run.ts'
import { explain } from './terminal.ts'

const HELP = `npm run conformance -- [--json] [--column aws|gcp|azure|local] [--mode mapping|runtime] [--case part-of-a-name]

Puts the same ${CASES_IN.length + CASES_OUT.length} HTTP cases and ${EVENT_CASES.length} event cases before every column, in each native form: once against the mapping
code, and once against built bundles under the platform's own runtime. Status 0: every case holds, or its platform cannot
and says why; a gap that has healed fails the run. --json prints {cases, columns: {aws: {run, passed, gaps}, ...}}.
`

interface Wanted {
  readonly json: boolean
  readonly columns: readonly ColumnName[]
  readonly modes: readonly Mode[]
  readonly part: string
}

async function main(words: readonly string[]): Promise<void> {
  if (words.some((word) => word === '--help' || word === '-h')) return console.log(HELP)
  const wanted = readWords(words)
  const teller = openTeller()
  const cases = {
    http: [...CASES_IN, ...CASES_OUT].filter(({ name }) => name.includes(wanted.part)),
    events: EVENT_CASES.filter(({ name }) => name.includes(wanted.part)),
  }
  const report: Record<string, object> = {}
  const red: CaseResult[] = []
  // Deadlines do not hold a process; a hanging handler in it would else end the run.
  setInterval(() => undefined, 60_000)
  for (const column of openColumns(teller).filter(({ name }) => wanted.columns.includes(name))) {
    const results = await runColumn(column, cases, { teller, modes: wanted.modes })
    red.push(...results.filter(isRed))
    report[column.name] = summary(column, results, wanted.modes)
    if (!wanted.json) tell(column, results, wanted.modes)
  }
  if (wanted.json)
    console.log(JSON.stringify({ cases: cases.http.length + cases.events.length, columns: report }, null, 2))
  for (const result of red) console.error(sayRed(result))
  process.exitCode = red.length > 0 ? 1 : 0
}

const openColumns = (teller: Teller): readonly Column[] => [
  localColumn(teller.tell),
  awsColumn(teller),
  gcpColumn(teller),
  azureColumn(teller),
]

function summary(column: Column, results: readonly CaseResult[], modes: readonly Mode[]) {
  const gaps = new Map(
    results.flatMap(({ gap, form, case: name }) =>
      gap ? [[`${form}: ${name}`, { case: `${form}: ${name}`, because: gap.because }] as const] : [],
    ),
  )
  return {
    run: results.length,
    passed: results.filter(({ fault }) => fault === undefined).length,
    failed: results.filter(isRed).length,
    gaps: [...gaps.values()],
    notRun: notRun(column, modes),
  }
}

const notRun = (column: Column, modes: readonly Mode[]) =>
  modes.flatMap((mode) => {
    const because = column.missing(mode)
    return because === undefined ? [] : [{ mode, because }]
  })

function tell(column: Column, results: readonly CaseResult[], modes: readonly Mode[]): void {
  const { run, passed, failed, gaps } = summary(column, results, modes)
  console.log(`${column.name}: ${run} run, ${passed} passed, ${gaps.length} gaps, ${failed} failed`)
  for (const { mode, because } of notRun(column, modes)) console.log(`  not run: ${mode} (${because})`)
  for (const gap of gaps) console.log(`  gap: ${gap.case} (${gap.because})`)
}

function sayRed({ column, mode, form, case: name, fault, gap }: CaseResult): string {
  const what = fault ?? `passes, although a gap is declared: ${gap?.because}. Remove the gap.`
  return `${column} ${mode} ${form}: "${name}": ${what}`
}

const COLUMNS: readonly ColumnName[] = ['local', 'aws', 'gcp', 'azure']

function readWords(words: readonly string[]): Wanted {
  const wordAfter = (name: string) => {
    const at = words.indexOf(name)
    return at < 0 ? undefined : words[at + 1]
  }
  const pick = <T extends string>(all: readonly T[], name: string): readonly T[] => {
    const given = wordAfter(name)
    if (given === undefined) return all
    const found = all.filter((one) => one === given)
    if (found.length === 0) throw new Error(`${name} is one of ${all.join(', ')}, not ${given}`)
    return found
  }
  return {
    json: words.includes('--json'),
    columns: pick(COLUMNS, '--column'),
    modes: pick(MODES, '--mode'),
    part: wordAfter('--case') ?? '',
  }
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`skyreel: ${explain(error)}`)
  process.exitCode = 1
})
// A consumer that hangs on purpose must not keep the process.
process.stdout.write('', () => process.exit())
