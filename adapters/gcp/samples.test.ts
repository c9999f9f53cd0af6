import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { HttpResponse } from '../../core/http/response.ts'
import type { Consumer, Decoded } from '../../core/run/consumer.ts'
import { done, drop, retry, type Verdict } from '../../core/run/verdict.ts'
import { memoryLog } from '../local/testing/log.ts'
import { openIds } from '../node/ids.ts'
import { decodeNative, gcpEvents } from './events.ts'
import { type GcpRequest, requestFromGcp } from './http-request.ts'
import { responseToGcp } from './http-response.ts'

interface Bodied {
  readonly body?: string
  readonly bodyBase64?: string
}
type NeutralAnswer = Omit<HttpResponse, 'body'> & Bodied
interface HttpSample {
  readonly form: string
  readonly native: Omit<GcpRequest, 'socket'> & { rawBodyBase64?: string; remoteAddress: string }
  readonly neutral: Readonly<Record<string, unknown>> & { readonly method: string }
  readonly answer: readonly { readonly neutral: NeutralAnswer; readonly native: object }[]
}
interface EventSample {
  readonly form: string
  readonly native: unknown
  readonly neutral: readonly Decoded[]
  readonly answer: Readonly<Partial<Record<Verdict['is'], null | { readonly throws: true }>>>
}

const FOLDER = new URL('../../events/samples/gcp/', import.meta.url)
const BUCKETS = { uploads: 'skyreel-uploads', media: 'skyreel-media' }

function samples<T extends { form: string }>(isOne: (file: string) => boolean): [string, T][] {
  const files = readdirSync(fileURLToPath(FOLDER)).filter(isOne)
  return files.map((file) => {
    const sample = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as T
    return [`${file}: ${sample.form}`, sample]
  })
}

const httpSamples = samples<HttpSample>((file) => file.startsWith('http-'))
const eventSamples = samples<EventSample>((file) => !file.startsWith('http-'))

const bytesOf = (base64: string | undefined) =>
  base64 === undefined ? undefined : Buffer.from(base64, 'base64')
const base64Of = (body: Uint8Array) => Buffer.from(body).toString('base64')

function neutralAnswer({ bodyBase64, ...answer }: NeutralAnswer): HttpResponse {
  const body = bytesOf(bodyBase64)
  return body === undefined ? answer : { ...answer, body }
}

function shownAnswer({ body, ...answer }: ReturnType<typeof responseToGcp>) {
  if (body === undefined) return answer
  return body instanceof Uint8Array ? { ...answer, bodyBase64: base64Of(body) } : { ...answer, body }
}

describe('a native request', () => {
  it.each(httpSamples)('becomes the neutral one of %s', (_, { native, neutral }) => {
    const { rawBodyBase64, remoteAddress, ...rest } = native
    const given = { ...rest, rawBody: bytesOf(rawBodyBase64), socket: { remoteAddress } }
    const { method, path, query, headers, cookies, body, clientIp } = requestFromGcp(given)
    const seen = { method, path, query: [...query], headers: { ...headers }, cookies: { ...cookies } }
    expect({ ...seen, bodyBase64: base64Of(body), clientIp }).toEqual(neutral)
  })
})

const answers = httpSamples.flatMap(([name, { neutral, answer }]) =>
  answer.map((one) => [`${name}, ${one.neutral.status}`, neutral.method, one] as const),
)

describe('a neutral answer', () => {
  it.each(answers)('becomes the native one of %s', (_, method, { neutral, native }) => {
    expect(shownAnswer(responseToGcp(neutralAnswer(neutral), method))).toEqual(native)
  })
})

describe('a native event', () => {
  it.each(eventSamples)('is decoded as %s says', (_, { native, neutral }) => {
    expect(decodeNative(native, BUCKETS)).toEqual(neutral)
  })
})

const VERDICTS: Readonly<Record<Verdict['is'], Verdict>> = {
  done,
  retry: retry('not yet'),
  drop: drop('never'),
}

const consumerThatSays = (verdict: Verdict): Consumer => ({
  ...{ name: 'sample', timeoutSeconds: 5 },
  consume: async () => verdict,
  keep: async () => undefined,
  postpone: () => Promise.reject(new Error('nothing was to be postponed')),
})

const outcomes = eventSamples.flatMap(([name, { native, answer }]) =>
  (Object.keys(answer) as Verdict['is'][]).map((is) => [`${is} of ${name}`, is, native, answer[is]] as const),
)

describe('a verdict', () => {
  it.each(outcomes)('tells the platform: %s', async (_, is, native, wanted) => {
    const load = async () => consumerThatSays(VERDICTS[is])
    const handler = gcpEvents(load, { log: memoryLog(), ids: openIds(), buckets: BUCKETS })
    const answer = handler(native).then(
      (value) => value ?? null,
      () => ({ throws: true }),
    )
    expect(await answer).toEqual(wanted)
  })
})

describe('the samples', () => {
  it('say each how they were made, of which form and by which schema', () => {
    const all = samples<{ form: string; made: string; schema: string }>(() => true)
    const wrong = all.filter(
      ([, { made, schema }]) => !/^(constructed|recorded)$/.test(made) || !/^https:\/\//.test(schema),
    )
    expect([all.length > 20, wrong]).toEqual([true, []])
  })
})
