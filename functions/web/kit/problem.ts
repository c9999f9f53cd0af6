/** One broken rule of the input, as RFC 9457 problems of the API carry it. */
export interface BrokenRule {
  readonly field: string
  readonly rule: string
  readonly message: string
}
export interface ProblemFacts {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail?: string
  readonly errors?: readonly BrokenRule[]
}

/** The API answered with a problem. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly facts: ProblemFacts
  constructor(facts: ProblemFacts) {
    super(facts.detail ?? facts.title)
    this.facts = facts
  }
}

/** There was no answer at all: the network, or the server is away. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

/** Reads the problem of an answer that is not `ok`; an answer without one (a proxy's page) becomes one by its status. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => undefined)
  const plain = {
    status: response.status,
    code: `http-${response.status}`,
    title: `The server answered ${response.status}.`,
  }
  return new ApiProblem(isProblem(body) ? body : plain)
}

export function isProblem(body: unknown): body is ProblemFacts {
  return typeof body === 'object' && body !== null && 'code' in body && 'status' in body && 'title' in body
}

export const hasCode = (error: unknown, code: string): boolean =>
  error instanceof ApiProblem && error.facts.code === code
export const hasStatus = (error: unknown, status: number): boolean =>
  error instanceof ApiProblem && error.facts.status === status
export const wasAborted = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'AbortError'

/** A sentence for the person at the page. */
export function words(error: unknown): string {
  if (error instanceof Unreachable)
    return 'The server cannot be reached. Check your connection and try again.'
  if (error instanceof ApiProblem && error.facts.status >= 500)
    return 'Something went wrong on our side. Try again in a moment.'
  if (error instanceof ApiProblem && error.facts.errors?.length)
    return error.facts.errors.map((e) => `${fieldName(e.field)}: ${e.message}`).join('. ')
  return error instanceof Error ? error.message : String(error)
}

const fieldName = (path: string): string => {
  const name = path.split('.').at(-1) ?? path
  return name.charAt(0).toUpperCase() + name.slice(1)
}
