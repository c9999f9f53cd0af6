import type { HttpRequest } from '../../core/http/request.ts'
import { type HttpResponse, ok } from '../../core/http/response.ts'

export const CASES = ['aws json', 'aws binary', 'gcp json', 'azure json'] as const
export type CaseName = (typeof CASES)[number]

/** How one platform's calls are made and looked at. A contender is called with what `fresh` makes, once each. */
export interface Case<Native = unknown, Answer = unknown> {
  /** Not timed: the platform makes it. */
  fresh(): Native
  readonly contenders: Readonly<Record<string, (native: Native) => Promise<Answer>>>
  /** What is wrong with an answer; `undefined` for a right one. */
  wrong(answer: Answer, native: Native): string | undefined
}

/** What every client sends: `tag` in the query, `session` as a cookie, and a body. */
export const PATH = '/v1/items'
export const QUERY = 'tag=drama&tag=new&page=2'
export const COOKIES = ['session=0198f2c4', 'theme=dark']
export const HEADERS: Readonly<Record<string, string>> = {
  accept: 'application/json, text/plain, */*',
  'accept-encoding': 'gzip, deflate, br',
  'accept-language': 'en-US,en;q=0.9',
  authorization: `Bearer ${'a1b2c3d4'.repeat(40)}`,
  host: 'r3pmxmplak.execute-api.us-east-1.amazonaws.com',
  origin: 'https://watch.example.com',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  'user-agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
  'x-forwarded-for': '198.51.100.7',
  'x-forwarded-proto': 'https',
}

export const JSON_TYPE = 'application/json'
/** 1 kB, with letters of more than one byte. */
export const JSON_BODY = JSON.stringify({
  title: 'Le Fabuleux Destin d’Amélie Poulain',
  description: 'ö'.repeat(400),
  visibility: 'public',
  chapters: Array.from({ length: 5 }, (_, at) => ({ title: `Part ${at}`, startSeconds: at * 60 })),
})
export const BYTES_TYPE = 'application/octet-stream'
/** 4 kB of every byte there is: about a licence request. */
export const BYTES = Uint8Array.from({ length: 4096 }, (_, at) => (at * 7) & 0xff)

/** What each contender answers to JSON. */
export const jsonAnswer = (title: unknown, tag: unknown, session: unknown) => ({ title, tag, session })
const EXPECTED_JSON = jsonAnswer('Le Fabuleux Destin d’Amélie Poulain', 'drama', '0198f2c4')
/** What each contender tells of a request in the headers of a binary answer. */
export const bytesHeaders = (tag: string, session: string) => ({
  'content-type': BYTES_TYPE,
  'x-tag': tag,
  'x-session': session,
})

/** The handler of our contenders and of those by hand: it reads everything that a mapping must bring. */
export function answerNeutral(request: HttpRequest): HttpResponse {
  const [tag, session] = [request.query.get('tag') ?? '', request.cookies.session ?? '']
  if (request.headers['content-type'] === BYTES_TYPE)
    return { status: 200, headers: bytesHeaders(tag, session), body: request.body }
  const { body } = request
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()
  return ok(jsonAnswer((JSON.parse(text) as { title: string }).title, tag, session))
}

export interface Seen {
  readonly status: number | undefined
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Uint8Array
}

/** What is wrong with a JSON answer. */
export function wrongJson({ status, headers, body }: Seen): string | undefined {
  if (status !== 200) return `the status is ${status}`
  if (!String(headers['content-type']).startsWith(JSON_TYPE)) return `the type is ${headers['content-type']}`
  const text = Buffer.from(body).toString()
  return text === JSON.stringify(EXPECTED_JSON) ? undefined : `the body is ${text.slice(0, 200)}`
}

/** What is wrong with a binary answer. */
export function wrongBytes({ status, headers, body }: Seen): string | undefined {
  if (status !== 200) return `the status is ${status}`
  if (headers['x-tag'] !== 'drama' || headers['x-session'] !== '0198f2c4') return 'headers are missing'
  if (headers['content-type'] !== BYTES_TYPE) return `the type is ${headers['content-type']}`
  if (body.length !== BYTES.length) return `${BYTES.length} bytes became ${body.length}`
  return Buffer.compare(body, BYTES) === 0 ? undefined : 'the bytes are others'
}
