import type { Attributes } from './pubsub-filter.ts'

export interface PubSubMessage {
  readonly messageId: string
  readonly publishTime: string
  /** Base64. */
  readonly data: string
  readonly attributes: Attributes
}
export interface PushTarget {
  /** `projects/P/subscriptions/S`. */
  readonly subscription: string
  readonly url: string
  /** How often before it becomes a dead letter; only then Pub/Sub counts attempts. For ever without it. */
  readonly maxAttempts: number | undefined
  readonly minBackoffMs: number
  readonly signal: AbortSignal
}
export type PushOutcome = 'acknowledged' | 'exhausted' | 'stopped'

const ACKNOWLEDGES = new Set([102, 200, 201, 202, 204])
const MAX_BACKOFF_MS = 2000
const ACK_SECONDS = 600

/** Pushes one message in the wrapped form until it is acknowledged. https://cloud.google.com/pubsub/docs/push */
export async function push(message: PubSubMessage, target: PushTarget): Promise<PushOutcome> {
  for (let attempt = 1; !target.signal.aborted; attempt++) {
    if (await isTaken(message, attempt, target)) return 'acknowledged'
    if (attempt === target.maxAttempts) return 'exhausted'
    await pause(Math.min(target.minBackoffMs * 2 ** (attempt - 1), MAX_BACKOFF_MS), target.signal)
  }
  return 'stopped'
}

async function isTaken(message: PubSubMessage, attempt: number, target: PushTarget): Promise<boolean> {
  const { messageId, publishTime } = message
  // Google sends both spellings.
  const wrapped = { ...message, message_id: messageId, publish_time: publishTime }
  const counted = target.maxAttempts === undefined ? {} : { deliveryAttempt: attempt }
  try {
    const response = await fetch(target.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', from: 'noreply@google.com' },
      body: JSON.stringify({ message: wrapped, subscription: target.subscription, ...counted }),
      signal: AbortSignal.any([target.signal, AbortSignal.timeout(ACK_SECONDS * 1000)]),
    })
    await response.arrayBuffer()
    return ACKNOWLEDGES.has(response.status)
  } catch {
    // Nobody there counts as a refusal, as on the platform.
    return false
  }
}

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
