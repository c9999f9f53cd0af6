import { setTimeout as sleep } from 'node:timers/promises'
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { Verdict } from '../../../core/run/verdict.ts'
import type { AnyEvent } from '../../../events/catalog.ts'
import { type AwsAccess, clientOptions } from '../config.ts'
import { openQueueDelay } from '../queue-delay.ts'
import { decodeSqsRecord } from '../queue-events.ts'
import type { Fauxqs } from './fauxqs.ts'

export type Deliver = (event: AnyEvent, attempt: number) => Promise<Verdict>

export interface Consuming extends AsyncDisposable {
  /** Resolves when the queue is empty, and nothing of it is being handled. */
  drain(): Promise<void>
}

const PATIENCE_MS = 30_000

/** Does with one queue what Lambda's poller and our batch handler do together: done and dropped go, the rest comes again. */
export function consume(
  access: AwsAccess,
  { fauxqs, queue, deliver }: { fauxqs: Fauxqs; queue: string; deliver: Deliver },
): Consuming {
  const client = new SQSClient(clientOptions(access, 'sqs'))
  const QueueUrl = `${fauxqs.queues}${queue}`
  const stop = new AbortController()
  const handle = handler({ access, client, QueueUrl, deliver })
  const loop = (async () => {
    while (!stop.signal.aborted) {
      const MessageSystemAttributeNames = ['ApproximateReceiveCount' as const]
      const request = { QueueUrl, MaxNumberOfMessages: 1, MessageSystemAttributeNames }
      const { Messages = [] } = await client.send(new ReceiveMessageCommand(request))
      for (const message of Messages) await handle(message)
      if (Messages.length === 0) await sleep(5)
    }
  })()
  const waiting = () => {
    const { ready = [], delayed = [], inflight = [] } = fauxqs.inspectQueue(queue)?.messages ?? {}
    return ready.length + delayed.length + inflight.length
  }
  const drain = async () => {
    for (const until = Date.now() + PATIENCE_MS; waiting() > 0; await sleep(5))
      if (Date.now() > until) throw new Error(`${queue} was not empty after ${PATIENCE_MS} ms`)
  }
  const dispose = async () => {
    stop.abort()
    await loop
    client.destroy()
  }
  return { drain, [Symbol.asyncDispose]: dispose }
}

interface Handling {
  readonly access: AwsAccess
  readonly client: SQSClient
  readonly QueueUrl: string
  readonly deliver: Deliver
}

function handler({ access, client, QueueUrl, deliver }: Handling) {
  const delay = openQueueDelay(access)
  const queueArn = `arn:aws:sqs:us-east-1:000000000000:${QueueUrl.split('/').at(-1)}`
  return async ({ Body = '', ReceiptHandle = '', Attributes }: Message) => {
    const verdict = await judge(Body, Attributes, deliver)
    if (verdict?.is === 'done' || verdict?.is === 'drop')
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    else await delay({ queueArn, receiptHandle: ReceiptHandle }, verdict?.afterSeconds ?? 0)
  }
}

/** `undefined` where the consumer threw. */
async function judge(body: string, attributes: unknown, deliver: Deliver): Promise<Verdict | undefined> {
  const buckets = { uploads: 'uploads', media: 'media' }
  const [decoded] = decodeSqsRecord({ body, attributes }, buckets)
  if (decoded?.is !== 'event') throw new Error(`not an event: ${JSON.stringify(decoded)}`)
  try {
    return await deliver(decoded.event, decoded.attempt ?? Number.NaN)
  } catch {
    return undefined
  }
}
