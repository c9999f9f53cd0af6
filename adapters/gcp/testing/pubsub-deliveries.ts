import { type Filter, parseFilter } from './pubsub-filter.ts'
import { type PubSubMessage, push } from './pubsub-push.ts'

export interface Subscription {
  readonly name: string
  readonly topic: string
  readonly filter?: string
  /** Whole URL. An origin alone gets the path `/projects/P/topics/T`, from which functions-framework tells the topic. */
  readonly push: string
  /** Without a topic for dead letters Pub/Sub does not count attempts, and never gives up. 5 by default. */
  readonly maxAttempts?: number
  readonly deadLetterTopic?: string
}

export interface Deliveries {
  /** Throws for a filter that Pub/Sub would not take. */
  subscribe(subscription: Subscription): void
  /** Answers the message's id; whoever selects it gets it from now on. */
  publish(topic: string, data: string, attributes: Readonly<Record<string, string>>): string
  /** Resolves when every message is acknowledged or a dead letter. */
  drain(): Promise<void>
  stop(): Promise<void>
}

interface Route extends Subscription {
  readonly matches: Filter
}

/** Messages on their way from topics to push endpoints. */
export function openDeliveries({
  project,
  minBackoffMs,
}: {
  project: string
  minBackoffMs: number
}): Deliveries {
  const routes: Route[] = []
  const underWay = new Set<Promise<void>>()
  const stopped = new AbortController()
  let messages = 0
  const publish: Deliveries['publish'] = (topic, data, attributes) => {
    const message = { messageId: String(++messages), publishTime: new Date().toISOString(), data, attributes }
    for (const route of routes.filter((r) => r.topic === topic && r.matches(attributes))) {
      const work = deliver(message, route)
      underWay.add(work)
      void work.finally(() => underWay.delete(work))
    }
    return message.messageId
  }
  const deliver = async (message: PubSubMessage, route: Route) => {
    const outcome = await push(message, {
      subscription: `projects/${project}/subscriptions/${route.name}`,
      url: pushUrl(route, project),
      maxAttempts: route.deadLetterTopic === undefined ? undefined : (route.maxAttempts ?? 5),
      ...{ minBackoffMs, signal: stopped.signal },
    })
    if (outcome !== 'exhausted' || route.deadLetterTopic === undefined) return
    const why = { CloudPubSubDeadLetterSourceSubscription: route.name }
    publish(route.deadLetterTopic, message.data, { ...message.attributes, ...why })
  }
  const drain = async () => {
    while (underWay.size > 0) await Promise.all(underWay)
  }
  return {
    publish,
    drain,
    subscribe: (subscription) =>
      void routes.push({ ...subscription, matches: parseFilter(subscription.filter ?? '') }),
    stop: async () => {
      stopped.abort()
      await drain()
    },
  }
}

function pushUrl({ push: given, topic }: Subscription, project: string): string {
  const url = new URL(given)
  if (url.pathname === '/') url.pathname = `/projects/${project}/topics/${topic}`
  return url.href
}
