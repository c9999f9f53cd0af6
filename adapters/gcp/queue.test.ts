import { queueContract } from '../../core/ports/queue.contract.ts'
import { systemClock } from '../node/clock.ts'
import { subscriptionFilter } from './bus-filter.ts'
import { openGcpCredentials, openGoogleApi } from './credentials.ts'
import { openGcpQueue } from './queue.ts'
import { TOKEN } from './testing/env.ts'
import { openPubSub } from './testing/pubsub.ts'
import { openServer } from './testing/server.ts'

const CONSUMERS = ['transcode-starter', 'media-uploaded']

async function open() {
  const stack = new AsyncDisposableStack()
  const [project, name] = ['demo-project', 'demo-bus']
  const pubsub = stack.use(await openPubSub({ project, token: TOKEN, topics: [name] }))
  const come = new Map<string, string[]>()
  for (const consumer of CONSUMERS) {
    const messages: string[] = []
    come.set(consumer, messages)
    const receiver = await openServer(async ({ body }) => {
      messages.push(Buffer.from(JSON.parse(body.toString()).message.data, 'base64').toString())
      return { status: 204 }
    }, raise)
    stack.use(receiver)
    const filter = subscriptionFilter(consumer, 'user.registered')
    pubsub.subscribe({ name: consumer, topic: name, filter, push: receiver.origin })
  }
  const api = openGoogleApi({ credentials: openGcpCredentials({ token: TOKEN }), clock: systemClock })
  const topic = { project, name, endpoint: pubsub.origin, api }
  const take = async (consumer: string) => {
    await pubsub.drain()
    return come.get(consumer)?.shift()
  }
  const queue = openGcpQueue({ topic, consumers: CONSUMERS })
  return { queue, take, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

function raise(error: unknown): never {
  throw error
}

queueContract('Pub/Sub as the queue', open, [
  {
    test: 'holds a message back for its delay',
    because: 'Pub/Sub has no delay; what must wait waits in the outbox',
  },
])
