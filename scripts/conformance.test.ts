import { describe, expect, it } from 'vitest'
import { awsColumn } from './conformance/aws-column.ts'
import { azureColumn } from './conformance/azure-column.ts'
import { type Column, MODES, type OpenColumn } from './conformance/column.ts'
import { openTeller } from './conformance/event-app.ts'
import { EVENT_CASES } from './conformance/event-cases.ts'
import { gcpColumn } from './conformance/gcp-column.ts'
import { httpCase } from './conformance/http-case.ts'
import { CASES_IN } from './conformance/http-cases-in.ts'
import { CASES_OUT } from './conformance/http-cases-out.ts'
import { localColumn } from './conformance/local-column.ts'
import { isRed, runColumn } from './conformance/run.ts'

const cases = { http: [...CASES_IN, ...CASES_OUT], events: EVENT_CASES }
const teller = openTeller()
const columns = [localColumn(teller.tell), awsColumn(teller), gcpColumn(teller), azureColumn(teller)]

describe('conformance', () => {
  it('puts at least 60 HTTP cases and 30 event cases, each with a name of its own', () => {
    const names = [...cases.http, ...cases.events].map(({ name }) => name)
    expect([cases.http.length >= 60, cases.events.length >= 30, new Set(names).size]).toEqual([
      true,
      true,
      names.length,
    ])
  })
  it('names only cases that there are in its gaps', () => {
    const names = new Set([...cases.http, ...cases.events].map(({ name }) => name))
    expect(columns.flatMap(({ gaps }) => gaps.filter((gap) => !names.has(gap.case)))).toEqual([])
  })
  for (const column of columns) {
    // node:http is the local column's runtime, and its mapping run goes through it.
    for (const mode of column.name === 'local' ? (['mapping'] as const) : MODES) {
      const because = column.missing(mode)
      describe.skipIf(because !== undefined)(
        `of ${column.name}${because ? ` (skipped: ${because})` : ''}`,
        () => {
          it(`holds in the ${mode}, but for the gaps`, { timeout: 240_000 }, async () => {
            const results = await runColumn(column, cases, { teller, modes: [mode] })
            expect(results.filter(isRed)).toEqual([])
          })
        },
      )
    }
  }
})

/** A column whose one form answers 200 to everything. */
const friendly = (gaps: Column['gaps']): Column => ({
  name: 'local',
  gaps,
  missing: () => undefined,
  open: async (): Promise<OpenColumn> => ({
    http: [
      { name: 'form', send: async () => ({ status: 200, headers: {}, cookies: [], body: new Uint8Array() }) },
    ],
    events: [],
    [Symbol.asyncDispose]: async () => undefined,
  }),
})
const run = async (status: number, gaps: Column['gaps'] = [], events = EVENT_CASES.slice(0, 0)) => {
  const http = [httpCase('a case', {}, { answers: { status } })]
  const results = await runColumn(friendly(gaps), { http, events }, { teller, modes: ['mapping'] })
  return results.filter(isRed).length
}
const GAP = { case: 'a case', because: 'the platform cannot' }

describe('a conformance run', () => {
  it('is green where every case holds', async () => expect(await run(200)).toBe(0))
  it('is red where a case does not hold', async () => expect(await run(404)).toBe(1))
  it('is green where a gap is declared for it', async () => expect(await run(404, [GAP])).toBe(0))
  it('is red where a gap has healed', async () => expect(await run(200, [GAP])).toBe(1))
  it('is red where a gap is declared of a case that a form does carry', async () =>
    expect(await run(200, [{ ...GAP, form: '-' }])).toBe(1))
  it('is red where no form carries a case', async () =>
    expect(await run(200, [], EVENT_CASES.slice(0, 1))).toBe(1))
})
