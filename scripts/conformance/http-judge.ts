import { isDeepStrictEqual } from 'node:util'
import type { HttpCase, MustAnswer, MustSee, Seen, WireAnswer, WireRequest } from './http-case.ts'

/** What is wrong with an answer, in words; `undefined` where the case holds. */
export function judge({ request, sees, answers }: HttpCase, answer: WireAnswer): string | undefined {
  const wrong = [
    ...(answers ? answerFaults(answers, answer) : []),
    ...(sees ? seenFaults(sees, answer, repeatedIn(request)) : []),
    ...leaks(answer),
  ]
  return wrong.length > 0 ? wrong.join('; ') : undefined
}

function answerFaults(
  { status, headers = {}, cookies, body, problem }: MustAnswer,
  got: WireAnswer,
): string[] {
  return [
    ...(status === undefined ? [] : fault('status', status, got.status)),
    ...Object.entries(headers).flatMap(([name, value]) => fault(`header ${name}`, value, got.headers[name])),
    ...(cookies === undefined ? [] : fault('cookies', cookies.map(asCookie), got.cookies.map(asCookie))),
    ...(body === undefined ? [] : fault('body', hex(body), hex(got.body))),
    ...(problem === undefined ? [] : problemFaults(problem, got)),
  ]
}

/** Names of attributes have no case, and come in any order (RFC 6265 5.2). */
function asCookie(line: string): readonly string[] {
  const [pair = '', ...attributes] = line.split(/;\s*/)
  const plain = attributes.map((attribute) =>
    attribute.replace(/^(?:samesite=.*|[^=]+)/i, (all) => all.toLowerCase()),
  )
  return [pair, ...plain.sort()]
}

function problemFaults(problem: Readonly<Record<string, unknown>>, got: WireAnswer): string[] {
  const found = parse(got.body)
  if (!found) return [`no JSON body: ${text(got.body)}`]
  return Object.entries(problem).flatMap(([name, value]) => fault(`problem ${name}`, value, found[name]))
}

/** Headers that came more than once: whether a blank follows the comma that joins them is the platform's taste (RFC 9110 5.6.1). */
const repeatedIn = ({ headers }: WireRequest): ReadonlySet<string> => {
  const names = headers.map(([name]) => name.toLowerCase())
  return new Set(names.filter((name, at) => names.indexOf(name) !== at))
}

function seenFaults(
  { headers = {}, query, ...rest }: MustSee,
  got: WireAnswer,
  repeated: ReadonlySet<string>,
): string[] {
  const seen = parse(got.body) as Seen | undefined
  if (got.status !== 200 || !seen) return [`nothing was seen: ${got.status} ${text(got.body)}`]
  return [
    ...Object.entries(headers).flatMap(([name, value]) =>
      fault(
        `seen header ${name}`,
        value,
        repeated.has(name) ? spaced(seen.headers[name]) : seen.headers[name],
      ),
    ),
    ...(query === undefined ? [] : fault('seen query', byKey(query), byKey(seen.query))),
    ...Object.entries(rest).flatMap(([name, value]) =>
      fault(`seen ${name}`, value, seen[name as keyof Omit<Seen, 'headers' | 'query'>]),
    ),
  ]
}

const spaced = (list: string | undefined) => list?.replace(/,\s*/g, ', ')

/** REST v1 and the load balancer hand over maps: the order of different keys is not theirs to keep. */
const byKey = (query: Seen['query']) =>
  [...query]
    .map(([key, value], at) => ({ key, value, at }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.at - b.at))
    .map(({ key, value }) => [key, value])

/** Nothing of the inside may reach a client, whatever happens. */
function leaks({ body }: WireAnswer): string[] {
  return /secret (?:detail|text)|deeper secret|node_modules|at \w+ \(file:/.test(text(body))
    ? ['the answer tells of the inside']
    : []
}

function fault(what: string, wanted: unknown, got: unknown): string[] {
  if (isDeepStrictEqual(plain(wanted), plain(got))) return []
  return [`${what}: ${short(wanted)} was wanted, ${short(got)} came`]
}

/** Objects without a prototype are compared by what they hold. */
const plain = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : value

const short = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 200)
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8').slice(0, 20_000)

function parse(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'))
  } catch {
    return undefined // the caller says what came instead
  }
}
