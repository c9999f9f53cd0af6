import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Consumer, Decoded } from '../../core/run/consumer.ts'
import { done, drop, retry, type Verdict } from '../../core/run/verdict.ts'
import { memoryLog } from '../local/testing/log.ts'
import { openIds } from '../node/ids.ts'
import { awsEvents } from './events.ts'
import { type Form, formOf } from './http-forms.ts'
import { requestFromAws } from './http-request.ts'
import { responseToAws, type WholeResponse } from './http-response.ts'
import { decodeAwsEvent } from './queue-events.ts'
import { awsSchedule } from './schedule.ts'

interface HttpSample {
  readonly form: Form
  readonly native: Record<string, unknown>
  readonly neutral: Record<string, unknown>
  readonly answer: readonly { neutral: WholeResponse & { bodyBase64?: string }; native: unknown }[]
}
interface EventSample {
  readonly form: string
  readonly native: Record<string, unknown>
  readonly neutral: readonly Decoded[]
  readonly answer: Readonly<Record<Verdict['is'], unknown>>
}

const FOLDER = new URL('../../events/samples/aws/', import.meta.url)
const samples = readdirSync(FOLDER).map((file): [string, HttpSample | EventSample] => [
  file.replace('.json', ''),
  JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')),
])
const isHttp = (sample: HttpSample | EventSample): sample is HttpSample => Array.isArray(sample.answer)
const http = samples.filter((named): named is [string, HttpSample] => isHttp(named[1]))
const events = samples.filter((named): named is [string, EventSample] => !isHttp(named[1]))
const received = events.filter(([name]) => name !== 'scheduler')

const buckets = { uploads: 'skyreel-uploads', media: 'skyreel-media' }
const verdicts: Readonly<Record<Verdict['is'], Verdict>> = {
  done,
  retry: retry('on demand'),
  drop: drop('bad'),
}
const outside = () => ({ log: memoryLog(), ids: openIds() })

const consumer = (verdict: Verdict): Consumer => ({
  name: 'test',
  timeoutSeconds: 5,
  consume: async () => verdict,
  keep: async () => undefined,
  postpone: async () => undefined,
})

/** `undefined` is what JSON has no word for; throwing is written as an object. */
const outcome = (work: Promise<unknown>) =>
  work.then(
    (value) => value ?? null,
    () => ({ throws: true }),
  )

describe.each(http)('the request %s', (_, { form, native, neutral, answer }) => {
  it('is known by its form', () => {
    expect(formOf(native)).toBe(form)
  })
  it('becomes the neutral one', () => {
    const { method, path, query, headers, cookies, body, clientIp } = requestFromAws(native)
    const bodyBase64 = Buffer.from(body).toString('base64')
    const read = { method, path, query: [...query], headers: { ...headers }, cookies: { ...cookies } }
    expect({ ...read, bodyBase64, clientIp }).toEqual(neutral)
  })
  it.each(answer)(
    'is answered with $neutral.status natively',
    ({ neutral: { bodyBase64, ...more }, native }) => {
      const bytes =
        bodyBase64 === undefined ? {} : { body: Uint8Array.from(Buffer.from(bodyBase64, 'base64')) }
      expect(responseToAws(form, { ...more, ...bytes }, memoryLog())).toEqual(native)
    },
  )
})

describe.each(received)('the event %s', (_, { native, neutral, answer }) => {
  it('becomes the neutral ones', () => {
    expect(decodeAwsEvent(native, buckets)).toEqual(neutral)
  })
  it.each(['done', 'retry', 'drop'] as const)(
    'is answered natively when the consumer says %s',
    async (verdict) => {
      const handler = awsEvents(async () => consumer(verdicts[verdict]), { ...outside(), buckets })
      expect(await outcome(handler(native))).toEqual(answer[verdict])
    },
  )
})

describe('the event of a schedule', () => {
  const answer = events.find(([name]) => name === 'scheduler')?.[1].answer
  const run = (work: () => Promise<void>) =>
    outcome(awsSchedule(async () => ({ name: 'tick', timeoutSeconds: 5, run: work }), outside())({}))

  it('is answered natively when the run ends', async () => {
    expect(await run(async () => undefined)).toEqual(answer?.done)
  })
  it('is answered natively when the run fails', async () => {
    expect(await run(() => Promise.reject(new Error('no')))).toEqual(answer?.retry)
  })
})

it('knows one upload by both of its ways as the same event', () => {
  const [direct, bus] = ['s3-notification', 's3-eventbridge'].map(
    (name) => decodeAwsEvent(events.find(([own]) => own === name)?.[1].native, buckets)[0],
  )
  const idOf = (decoded: Decoded | undefined) => decoded?.is === 'event' && decoded.event.id
  expect(idOf(bus)).toBe(idOf(direct))
})
