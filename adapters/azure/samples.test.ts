import { describe, expect, it } from 'vitest'
import type { HttpResponse } from '../../core/http/response.ts'
import type { Consumer } from '../../core/run/consumer.ts'
import { done, drop, retry, type Verdict } from '../../core/run/verdict.ts'
import { openIds } from '../node/ids.ts'
import { azureEventGrid, azureQueue } from './events.ts'
import { bodyFromAzure, requestFromAzure } from './http-request.ts'
import { responseToAzure } from './http-response.ts'
import { openAzureLog } from './log.ts'
import { decodeAzureGridEvents, decodeAzureQueueEvents } from './queue-events.ts'
import {
  BUCKETS,
  EVENT_SAMPLES,
  type EventSample,
  HTTP_SAMPLES,
  type HttpSample,
  type NeutralAnswer,
  nativeMessage,
  nativeRequest,
  SAMPLES,
  silentInvocation,
} from './testing/functions-host-samples.ts'

const log = openAzureLog({ write: () => undefined })

interface QueueNative {
  readonly text: string
  readonly dequeueCount: unknown
}
function decode({ form, native }: EventSample) {
  if (form === 'event-grid') return decodeAzureGridEvents(native, BUCKETS)
  const { text, dequeueCount } = native as QueueNative
  return decodeAzureQueueEvents(nativeMessage(text), { dequeueCount }, BUCKETS)
}

async function neutralOf(sample: HttpSample) {
  const native = nativeRequest(sample.native)
  const { params: _, body, query, ...rest } = requestFromAzure(native, { body: await bodyFromAzure(native) })
  return { ...rest, query: [...query], bodyBase64: Buffer.from(body).toString('base64') }
}

function responseOf({ bodyBase64, ...rest }: NeutralAnswer): HttpResponse {
  return bodyBase64 === undefined ? rest : { ...rest, body: Buffer.from(bodyBase64, 'base64') }
}

function nativeAnswer(answer: NeutralAnswer): unknown {
  const { body, ...rest } = responseToAzure(responseOf(answer), log)
  const bodyBase64 = body === undefined ? {} : { bodyBase64: (body as Buffer).toString('base64') }
  // Through JSON, for a sample cannot hold a Date.
  return JSON.parse(JSON.stringify({ ...rest, ...bodyBase64 }))
}

async function returned(sample: EventSample, verdict: Verdict): Promise<unknown> {
  const consumer: Consumer = {
    ...{ name: 'watcher', timeoutSeconds: 10 },
    consume: async () => verdict,
    keep: async () => undefined,
    postpone: async () => undefined,
  }
  const options = { log, ids: openIds(), buckets: BUCKETS }
  const { text, dequeueCount } = sample.native as QueueNative
  const called =
    sample.form === 'queue'
      ? azureQueue(async () => consumer, options)(
          nativeMessage(text),
          silentInvocation({ triggerMetadata: { dequeueCount } }),
        )
      : azureEventGrid(async () => consumer, options)(sample.native, silentInvocation())
  return called.then(
    (value) => value ?? null,
    () => ({ throws: true }),
  )
}

describe('a sample of Azure', () => {
  it.each(SAMPLES)('$name tells how it was made and where its form is written down', (sample) => {
    expect(sample).toMatchObject({
      made: expect.stringMatching(/^(constructed|recorded)$/),
      schema: expect.stringMatching(/^https:\/\//),
    })
  })
})

describe('a request of Azure', () => {
  it.each(HTTP_SAMPLES)('$name becomes the neutral one', async (sample) => {
    expect(await neutralOf(sample)).toEqual(sample.neutral)
  })
})

describe('an answer to Azure', () => {
  const answers = HTTP_SAMPLES.flatMap(({ name, answer }) => answer.map((one, n) => ({ name, n, ...one })))
  it.each(answers)('$n of $name is in the form of the library', ({ neutral, native }) => {
    expect(nativeAnswer(neutral)).toEqual(native)
  })
})

describe('an event of Azure', () => {
  it.each(EVENT_SAMPLES)('$name decodes', (sample) => {
    expect(decode(sample)).toEqual(sample.neutral)
  })
  it.each(EVENT_SAMPLES)('$name is answered for done', async (sample) => {
    expect(await returned(sample, done)).toEqual(sample.answer.done)
  })
  const judged = EVENT_SAMPLES.filter(({ answer }) => answer.retry !== undefined)
  it.each(judged)('$name is answered for retry', async (sample) => {
    expect(await returned(sample, retry('it is told so'))).toEqual(sample.answer.retry)
  })
  it.each(judged)('$name is answered for drop', async (sample) => {
    expect(await returned(sample, drop('it is told so'))).toEqual(sample.answer.drop)
  })
  it('is the same in both schemas of Event Grid', () => {
    const [classic, cloud] = ['storage-put-blob', 'storage-put-blob-cloud-event'].map((name) =>
      EVENT_SAMPLES.find((sample) => sample.name === name),
    )
    if (!classic || !cloud) throw new Error('the two samples are missing')
    expect(decode(classic)).toEqual(decode(cloud))
  })
})
