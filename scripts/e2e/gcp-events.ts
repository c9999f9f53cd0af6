import { subscriptionFilter } from '../../adapters/gcp/bus-filter.ts'
import type { GcpCloud } from '../../adapters/gcp/testing/cloud.ts'
import { openServer } from '../../adapters/gcp/testing/server.ts'
import { endsWithin } from '../../adapters/node/ends-within.ts'
import type { OnFunction } from '../../core/run/function.ts'
import { onFunctions } from '../../functions/entry/manifests.ts'

export interface Delivery extends AsyncDisposable {
  /** One sentence for each message that was given up, or that nobody has taken yet. */
  givenUp(): Promise<readonly string[]>
}

/** The most that Pub/Sub takes; the manifest's own attempts end sooner, with a dead letter in the database. */
const MAX_ATTEMPTS = 100
const SETTLE_SECONDS = 15

/**
 * The ways of events as infrastructure lays them: an Eventarc trigger of a bucket's finished objects, one push
 * subscription for each function that reacts, and a subscription that keeps what Pub/Sub gives up.
 */
export async function deliverEvents(
  { env, gcs, pubsub }: GcpCloud,
  originOf: (name: string) => string,
): Promise<Delivery> {
  const [topic, dead] = [`${env.SKYREEL_BUS}`, `${env.SKYREEL_BUS}-dead`]
  const buckets = { uploads: env.SKYREEL_BUCKET_UPLOADS, media: env.SKYREEL_BUCKET_MEDIA }
  for (const on of onFunctions) {
    const push = originOf(on.name)
    const filter = subscriptionFilter(on.name, ...busType(on))
    pubsub.subscribe({ name: on.name, topic, filter, push, maxAttempts: MAX_ATTEMPTS, deadLetterTopic: dead })
    const bucket = on.bucket && buckets[on.bucket]
    if (bucket !== undefined) gcs.subscribe(push, { bucket })
  }
  const given: string[] = []
  const keeper = await openServer(
    async ({ body }) => {
      given.push(sentenceOf(JSON.parse(body.toString()) as Pushed))
      return { status: 204 }
    },
    (error) => void given.push(`a dead letter could not be read: ${String(error)}`),
  )
  pubsub.subscribe({ name: 'dead', topic: dead, push: keeper.origin })
  return {
    givenUp: async () => {
      const settled = await endsWithin(Promise.all([pubsub.drain(), gcs.drain()]), SETTLE_SECONDS)
      const open = settled ? [] : [`after ${SETTLE_SECONDS} s there are messages that nobody has taken`]
      return [...given, ...gcs.lost, ...open]
    },
    [Symbol.asyncDispose]: () => keeper[Symbol.asyncDispose](),
  }
}

/** What the store tells does not go over the bus. */
const busType = ({ type, bucket }: OnFunction): [] | [string] => (bucket === undefined ? [type] : [])

interface Pushed {
  readonly message: { readonly attributes?: Readonly<Record<string, string>> }
}

const sentenceOf = ({ message: { attributes = {} } }: Pushed): string =>
  `Pub/Sub gave up ${attributes.type ?? 'a message'} for ${attributes.CloudPubSubDeadLetterSourceSubscription}`
