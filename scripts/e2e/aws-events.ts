import { DeleteMessageCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { OnFunction } from '../../core/run/function.ts'
import type { Lambdas } from './aws-lambdas.ts'
import type { AwsServices } from './aws-stand-ins.ts'
import type { Logs } from './logs.ts'

export interface AwsEventsWish {
  readonly services: Pick<AwsServices, 'env' | 'sqs'>
  readonly lambdas: Pick<Lambdas, 'invoke'>
  readonly functions: readonly Pick<OnFunction, 'name'>[]
  readonly logs: Logs
  /** No more messages are taken when it is aborted; those under way are waited for by the disposal. */
  readonly signal: AbortSignal
}

/**
 * Lambda's event source mappings: one for each queue of a consumer, with `ReportBatchItemFailures`. What a function has
 * not failed is deleted; the rest comes again when its time is over, and is given up by the queue.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function openAwsEvents({
  services,
  lambdas,
  functions,
  logs,
  signal,
}: AwsEventsWish): AsyncDisposable {
  const said = logs.collect('event source mappings')
  const { AWS_REGION: region = '', SKYREEL_QUEUES: queues = '' } = services.env
  const client = new SQSClient({ region, endpoint: services.sqs.endpoint, credentials: ANYBODY })
  const loops = functions.map(({ name }) => {
    const mapping = { client, region, queueUrl: queues + name, signal, said }
    return poll(mapping, (event) => lambdas.invoke(name, event))
  })
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(loops)
      client.destroy()
    },
  }
}

/** The queues' server asks nobody who they are. */
const ANYBODY = { accessKeyId: 'lambda', secretAccessKey: 'lambda' }

interface Mapping {
  readonly client: SQSClient
  readonly region: string
  readonly queueUrl: string
  readonly signal: AbortSignal
  readonly said: (text: string) => void
}

type Invoke = (event: object) => Promise<unknown>

async function poll(mapping: Mapping, invoke: Invoke): Promise<void> {
  while (!mapping.signal.aborted) {
    try {
      const messages = await receive(mapping)
      if (messages.length > 0) await handOver(mapping, messages, invoke)
    } catch (error) {
      // A function that fails as a whole keeps its batch in the queue; the run's own end is no news.
      if (!mapping.signal.aborted) mapping.said(`${mapping.queueUrl}: ${String(error)}\n`)
    }
  }
}

const WAIT_SECONDS = 5

async function receive({ client, queueUrl, signal }: Mapping): Promise<readonly Message[]> {
  const request = {
    QueueUrl: queueUrl,
    MaxNumberOfMessages: 10,
    WaitTimeSeconds: WAIT_SECONDS,
    MessageSystemAttributeNames: ['All' as const],
  }
  const { Messages = [] } = await client.send(new ReceiveMessageCommand(request), { abortSignal: signal })
  return Messages
}

async function handOver(mapping: Mapping, messages: readonly Message[], invoke: Invoke): Promise<void> {
  const returned = await invoke({ Records: messages.map((message) => recordOf(mapping, message)) })
  const failed = failedOf(returned)
  for (const { MessageId = '', ReceiptHandle = '' } of messages) {
    if (failed.has(MessageId)) mapping.said(`${mapping.queueUrl}: ${MessageId} comes again\n`)
    else await mapping.client.send(new DeleteMessageCommand({ QueueUrl: mapping.queueUrl, ReceiptHandle }))
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
const recordOf = ({ region, queueUrl }: Mapping, message: Message) => {
  const [account, name] = new URL(queueUrl).pathname.slice(1).split('/')
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes,
    messageAttributes: {},
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${region}:${account}:${name}`,
    awsRegion: region,
  }
}

function failedOf(returned: unknown): ReadonlySet<string> {
  const { batchItemFailures = [] } = (returned ?? {}) as {
    batchItemFailures?: readonly { itemIdentifier: string }[]
  }
  return new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
}
