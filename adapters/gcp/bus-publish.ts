import type { GoogleApi } from './credentials.ts'

/** Where messages go. */
export interface Topic {
  readonly project: string
  readonly name: string
  /** Origin of Pub/Sub. */
  readonly endpoint: string
  readonly api: GoogleApi
}
export interface Message {
  /** UTF-8. */
  readonly text: string
  readonly attributes: Readonly<Record<string, string>>
}

/** A request holds 1000 messages and 10 MB; of those some are left for what surrounds the messages. */
const MAX_MESSAGES = 1000
const MAX_BYTES = 9_000_000

/**
 * Resolves once Pub/Sub holds every message. A request is taken whole or not at all; one that fails is tried again, so
 * that a message may be there twice. https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics/publish
 */
export async function publishAll(topic: Topic, messages: readonly Message[]): Promise<void> {
  for (const batch of batches(messages.map(encode))) await publishBatch(topic, batch)
}

interface Encoded {
  readonly data: string
  readonly attributes: Readonly<Record<string, string>>
}

const encode = ({ text, attributes }: Message): Encoded => ({
  data: Buffer.from(text).toString('base64'),
  attributes,
})

async function publishBatch({ project, name, endpoint, api }: Topic, messages: readonly Encoded[]) {
  const url = `${endpoint}/v1/projects/${project}/topics/${name}:publish`
  const { messageIds } = await api({ method: 'POST', url, body: { messages } })
  const taken = Array.isArray(messageIds) ? messageIds.length : 0
  if (taken !== messages.length) throw new Error(`Pub/Sub took ${taken} of ${messages.length} messages`)
}

function* batches(messages: readonly Encoded[]): Generator<Encoded[]> {
  let batch: Encoded[] = []
  let bytes = 0
  for (const message of messages) {
    const size = Buffer.byteLength(JSON.stringify(message))
    if (batch.length > 0 && (batch.length === MAX_MESSAGES || bytes + size > MAX_BYTES)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(message)
    bytes += size
  }
  if (batch.length > 0) yield batch
}
