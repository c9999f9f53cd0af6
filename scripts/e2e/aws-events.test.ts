import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Fauxqs, fauxqsMissing, openFauxqs } from '../../adapters/aws/testing/fauxqs.ts'
import type { OnFunction } from '../../core/run/function.ts'
import { openAwsEvents } from './aws-events.ts'
import { type AwsQueues, openAwsQueues } from './aws-queues.ts'
import { openLogs } from './logs.ts'

interface Batch {
  readonly Records: readonly {
    readonly messageId: string
    readonly body: string
    readonly attributes: { readonly ApproximateReceiveCount: string }
  }[]
}

const FUNCTION = {
  ...{ kind: 'on', name: 'listener', type: 'video.uploaded', uses: {}, memoryMb: 256 },
  ...{ attempts: 1, timeoutSeconds: 1, handler: async () => ({ is: 'done' }) },
} as unknown as OnFunction
const QUEUE = 'test-listener'
const WAIT = { timeout: 20_000 }

const missing = fauxqsMissing()
const why = missing === undefined ? '' : ` (skipped: ${missing})`
describe.skipIf(missing !== undefined)(`a queue before a function${why}`, () => {
  let sqs: Fauxqs
  let queues: AwsQueues
  let heard: Batch[]
  let mapping: AsyncDisposable
  let stopping: AbortController
  let answer: (batch: Batch) => unknown
  beforeEach(async () => {
    sqs = await openFauxqs()
    queues = openAwsQueues({ sqs, prefix: 'test-', functions: [FUNCTION] })
    heard = []
    stopping = new AbortController()
    answer = () => ({ batchItemFailures: [] })
    const invoke = async (_: string, event: object) => {
      heard.push(event as Batch)
      return answer(event as Batch)
    }
    const env = { AWS_REGION: 'us-east-1', SKYREEL_QUEUES: `${sqs.queues}test-` }
    mapping = openAwsEvents({
      services: { env, sqs },
      lambdas: { invoke },
      functions: [FUNCTION],
      ...{ logs: openLogs(), signal: stopping.signal },
    })
  })
  afterEach(async () => {
    stopping.abort()
    await mapping[Symbol.asyncDispose]()
    await sqs[Symbol.asyncDispose]()
  })
  const counts = () =>
    heard.flatMap(({ Records }) => Records.map((r) => r.attributes.ApproximateReceiveCount))
  const left = () =>
    Object.values(sqs.inspectQueue(QUEUE)?.messages ?? {}).reduce((sum, some) => sum + some.length, 0)

  it('is emptied of what the function has taken', async () => {
    sqs.sendMessage(QUEUE, 'one')
    await expect.poll(() => [heard.length, left()], WAIT).toEqual([1, 0])
  })
  it('brings again what the function has failed, and counts', async () => {
    answer = ({ Records }) => ({
      batchItemFailures: counts().length > 1 ? [] : [{ itemIdentifier: Records[0]?.messageId }],
    })
    sqs.sendMessage(QUEUE, 'one')
    await expect.poll(counts, WAIT).toEqual(['1', '2'])
  })
  it('brings all of it again when the function throws', async () => {
    answer = () => {
      if (heard.length === 1) throw new Error('out of memory')
      return { batchItemFailures: [] }
    }
    sqs.sendMessage(QUEUE, 'one')
    await expect.poll(counts, WAIT).toEqual(['1', '2'])
  })
  it('gives up what fails again and again, and says so', async () => {
    answer = ({ Records }) => ({
      batchItemFailures: Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
    })
    sqs.sendMessage(QUEUE, 'one')
    await expect
      .poll(() => queues.givenUp(), WAIT)
      .toEqual(['1 messages of listener in its dead-letter queue'])
  })
})
