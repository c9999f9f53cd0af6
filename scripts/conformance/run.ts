import {
  type Column,
  type ColumnName,
  type ConformanceGap,
  type EventForm,
  type HttpForm,
  MODES,
  type Mode,
} from './column.ts'
import type { Teller } from './event-app.ts'
import type { EventCase } from './event-case.ts'
import { judgeEvents } from './event-judge.ts'
import type { HttpCase } from './http-case.ts'
import { judge } from './http-judge.ts'

export interface CaseResult {
  readonly column: ColumnName
  readonly mode: Mode
  readonly form: string
  readonly case: string
  /** What is wrong; `undefined` where the case holds. */
  readonly fault: string | undefined
  /** The declared reason why it may not hold. */
  readonly gap: ConformanceGap | undefined
}

export interface Cases {
  readonly http: readonly HttpCase[]
  readonly events: readonly EventCase[]
}

/** A fault without a gap, or a gap that has healed: either turns the run red. */
export const isRed = ({ fault, gap }: CaseResult): boolean => (fault === undefined) === (gap !== undefined)

/** Runs every case through every form of a column, in both modes where this machine can. */
export async function runColumn(
  column: Column,
  cases: Cases,
  {
    teller,
    modes = MODES,
    onResult,
  }: { teller: Teller; modes?: readonly Mode[]; onResult?: (result: CaseResult) => void },
): Promise<CaseResult[]> {
  const results: CaseResult[] = []
  for (const mode of modes) {
    if (column.missing(mode) !== undefined) continue
    await using open = await column.open(mode)
    const add = (form: string, name: string, fault: string | undefined) => {
      const gap = column.gaps.find((g) => matches(g, { case: name, form, mode }))
      const result = { column: column.name, mode, form, case: name, fault, gap }
      results.push(result)
      onResult?.(result)
    }
    for (const form of open.http)
      for (const one of cases.http) add(form.name, one.name, await tryHttp(form, one))
    for (const one of cases.events.filter((c) => !open.events.some((form) => carriesAll(form, c))))
      add('-', one.name, 'no form of this column carries it')
    for (const form of open.events) {
      for (const one of cases.events.filter((c) => carriesAll(form, c)))
        add(form.name, one.name, await tryEvents(form, one, teller))
    }
    for (const { form = '-', case: name } of idleGaps(column, cases, { mode, results }))
      add(form, name, undefined)
  }
  return results
}

/** Gaps of a mode that no result has met: a form carries now what none did, or is called otherwise. */
function idleGaps(
  { gaps }: Column,
  { http, events }: Cases,
  { mode, results }: { mode: Mode; results: readonly CaseResult[] },
): readonly ConformanceGap[] {
  const tried = new Set([...http, ...events].map(({ name }) => name))
  const met = new Set(results.filter((result) => result.mode === mode).map(({ gap }) => gap))
  return gaps.filter((gap) => tried.has(gap.case) && (gap.mode ?? mode) === mode && !met.has(gap))
}

const carriesAll = (form: EventForm, { deliveries }: EventCase): boolean =>
  deliveries.every((d) => form.carries(d)) && (deliveries.length === 1 || !form.single)

const matches = (gap: ConformanceGap, at: { case: string; form: string; mode: Mode }): boolean =>
  gap.case === at.case && (gap.form ?? at.form) === at.form && (gap.mode ?? at.mode) === at.mode

async function tryHttp(form: HttpForm, one: HttpCase): Promise<string | undefined> {
  try {
    return judge(one, await form.send(one.request))
  } catch (error) {
    return `no answer: ${String(error)}`
  }
}

async function tryEvents(form: EventForm, one: EventCase, teller: Teller): Promise<string | undefined> {
  teller.begin(one.behaves ?? {})
  try {
    const settled = await form.deliver(one.deliveries)
    return judgeEvents(one, settled, teller.asked)
  } catch (error) {
    return `not delivered: ${String(error)}`
  }
}
