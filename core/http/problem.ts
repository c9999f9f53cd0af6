import type { HttpResponse } from './response.ts'

/** One broken rule of the input: which field, which rule, and a sentence for a person. */
export interface FieldError {
  /** Path in the input: `body.title`, `query.limit`, `params.id`. */
  readonly field: string
  /** The rule in one word: `required`, `too_long`, `format` ... */
  readonly rule: string
  readonly message: string
}

export interface ProblemFacts {
  readonly status: number
  /** Kebab-case name of this kind of problem; becomes `type: /problems/<code>`. */
  readonly code: string
  readonly title: string
  readonly detail?: string
  readonly errors?: readonly FieldError[]
  readonly headers?: Readonly<Record<string, string>>
}

/** An error that the client may see, answered as `application/problem+json` (RFC 9457). */
export class Problem extends Error {
  readonly facts: ProblemFacts
  constructor(facts: ProblemFacts, options?: ErrorOptions) {
    // An answer and not a fault: its stack is never printed, and taking it was a quarter of the cost of a 404 (6 µs).
    const frames = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    super(facts.detail ?? facts.title, options)
    Error.stackTraceLimit = frames
    this.name = 'Problem'
    this.facts = facts
  }
}

/** The RFC 9457 answer for a problem. `instance` is the request id, so that a log line can be found. */
export function problemResponse(facts: ProblemFacts, requestId: string): HttpResponse {
  const { status, code, title, detail, errors, headers } = facts
  const body = { type: `/problems/${code}`, title, status, code, detail, errors, instance: requestId }
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  }
}

export const notFound = (what: string) =>
  new Problem({ status: 404, code: 'not-found', title: 'Not found', detail: `There is no such ${what}.` })

export const unauthorized = (detail: string, code = 'unauthorized') =>
  new Problem({
    status: 401,
    code,
    title: 'Sign in first',
    detail,
    headers: { 'www-authenticate': 'Bearer' },
  })

export const forbidden = (detail: string) =>
  new Problem({ status: 403, code: 'forbidden', title: 'Not allowed', detail })

export const conflict = (code: string, detail: string) =>
  new Problem({ status: 409, code, title: 'Conflict', detail })

/** 422 naming each field and the rule that it broke. */
export const invalid = (errors: readonly FieldError[]) =>
  new Problem({
    status: 422,
    code: 'invalid-input',
    title: 'The input breaks a rule',
    detail: errors.map((e) => `${e.field}: ${e.message}`).join('; '),
    errors,
  })
