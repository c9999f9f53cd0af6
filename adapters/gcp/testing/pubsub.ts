import { openDeliveries, type Subscription } from './pubsub-deliveries.ts'
import { googleError, json, openServer, type Received, type Reply, unknownIn } from './server.ts'

export interface PubSubOptions {
  readonly project: string
  /** The access token that is good. */
  readonly token: string
  readonly topics: readonly string[]
  /** Between the first two deliveries; it doubles. 10 ms by default, where the platform's least is 10 s. */
  readonly minBackoffMs?: number
}
export interface PubSub extends AsyncDisposable {
  readonly origin: string
  readonly refusals: string[]
  /** Requests of `publish` so far, with how many messages each had. */
  readonly batches: number[]
  /** Answers the next so many requests with 503. */
  fail(requests: number): void
  /** Throws for a filter that Pub/Sub would not take. */
  subscribe(subscription: Subscription): void
  /** Resolves when every message is acknowledged or a dead letter. */
  drain(): Promise<void>
}

/** Pub/Sub on this machine: publish, filters, wrapped push, back-off, dead-letter topics. */
export async function openPubSub(options: PubSubOptions): Promise<PubSub> {
  const { project, minBackoffMs = 10 } = options
  const [refusals, batches]: [string[], number[]] = [[], []]
  const deliveries = openDeliveries({ project, minBackoffMs })
  let failures = 0
  const answer = (request: Received): Reply => {
    if (failures-- > 0)
      return googleError(503, 'UNAVAILABLE', 'The service was unable to fulfill your request.')
    const read = readPublish(request, options)
    if ('refused' in read) return read.refused
    batches.push(read.messages.length)
    const publish = ({ data = '', attributes = {} }: Given) =>
      deliveries.publish(read.topic, data, attributes)
    return json({ messageIds: read.messages.map(publish) })
  }
  const server = await openServer(
    async (request) => {
      const reply = answer(request)
      if (reply.status >= 400) refusals.push(`${request.method} ${request.path}: ${reply.body}`)
      return reply
    },
    (error) => void refusals.push(String(error)),
  )
  return {
    ...{ origin: server.origin, refusals, batches },
    fail: (requests) => {
      failures = requests
    },
    subscribe: deliveries.subscribe,
    drain: deliveries.drain,
    async [Symbol.asyncDispose]() {
      await deliveries.stop()
      await server[Symbol.asyncDispose]()
    },
  }
}

interface Given {
  readonly data?: string
  readonly attributes?: Readonly<Record<string, string>>
}
type Publish = { readonly topic: string; readonly messages: readonly Given[] } | { readonly refused: Reply }

const refuse = (code: number, status: string, message: string) => ({
  refused: googleError(code, status, message),
})

function readPublish(request: Received, options: PubSubOptions): Publish {
  if (request.headers.authorization !== `Bearer ${options.token}`)
    return refuse(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')
  const [, project, topic] = /^\/v1\/projects\/([^/]+)\/topics\/([^/:]+):publish$/.exec(request.path) ?? []
  if (request.method !== 'POST' || topic === undefined) return refuse(404, 'NOT_FOUND', 'Not found.')
  if (project !== options.project || !options.topics.includes(topic))
    return refuse(404, 'NOT_FOUND', `Resource not found (resource=${topic}).`)
  if (request.body.length > 10_000_000) return refuse(400, 'INVALID_ARGUMENT', 'The request is too large.')
  const body = JSON.parse(request.body.toString()) as { messages?: Given[] }
  const { messages = [] } = body
  const wrong = [...unknownIn(body, ['messages']), ...messages.flatMap(wrongIn)]
  if (wrong.length > 0) return refuse(400, 'INVALID_ARGUMENT', `Invalid: ${wrong.join(', ')}`)
  if (messages.length === 0 || messages.length > 1000)
    return refuse(400, 'INVALID_ARGUMENT', `The value for message_count is ${messages.length}`)
  return { topic, messages }
}

function wrongIn(message: Given): string[] {
  const { data = '', attributes = {} } = message
  const long = Object.entries(attributes).filter(
    ([name, value]) =>
      typeof value !== 'string' || Buffer.byteLength(name) > 256 || Buffer.byteLength(value) > 1024,
  )
  const empty = data === '' && Object.keys(attributes).length === 0
  return [
    ...unknownIn(message, ['data', 'attributes', 'orderingKey']),
    ...long.map(([name]) => `attribute ${name}`),
    ...(Buffer.from(data, 'base64').toString('base64') === data ? [] : ['data is no base64']),
    ...(empty ? ['an empty message'] : []),
  ]
}
