import type { Decoded } from '../../core/run/consumer.ts'
import { EventUnreadable, fromWire } from '../../core/run/wire-event.ts'
import { utf8 } from '../node/utf8.ts'
import { type Fields, fieldsOf, foreign, foreignNative, type NativeEvent } from './events-native.ts'

export const MESSAGE_PUBLISHED = 'google.cloud.pubsub.topic.v1.messagePublished'

/** Whether it is a Pub/Sub message in any of the forms in which one reaches a CloudEvent function. */
export function isPubSub(native: NativeEvent): boolean {
  const { type, message, skyreel } = fieldsOf(native)
  return type === MESSAGE_PUBLISHED || message !== undefined || skyreel !== undefined
}

/**
 * The event of one Pub/Sub message; there are no batches. Forms: the CloudEvent of Eventarc; a push to the function
 * itself, which the framework converts only where the message has data; and an unwrapped push, whose body is our wire
 * event as it was published. None is Stripe's own: its events come by EventBridge and Event Grid, it has no destination on
 * Google Cloud, and here the HTTPS webhook is the one way (https://docs.stripe.com/event-destinations/overview).
 */
export function decodeBus(native: NativeEvent): Decoded[] {
  const fields = fieldsOf(native)
  if (fields.skyreel !== undefined) return [decodeText(JSON.stringify(native), undefined)]
  const push = fields.type === MESSAGE_PUBLISHED ? fieldsOf(fields.data) : fields
  return [decodePush(push, native)]
}

function decodePush(push: Fields, native: NativeEvent): Decoded {
  const { data } = fieldsOf(push.message)
  if (typeof data !== 'string' || data === '')
    return foreignNative(native, 'the message has no data, attributes at most')
  if (!BASE64.test(data)) return foreignNative(native, 'the data of the message is not base64')
  const bytes = Buffer.from(data, 'base64')
  const text = utf8(bytes)
  if (text === undefined)
    return foreign({
      body: bytes.toString('base64'),
      encoding: 'base64',
      because: 'the message is no UTF-8 text',
    })
  return decodeText(text, attemptOf(push))
}

const BASE64 = /^[\w+/-]+={0,2}$/

function decodeText(body: string, attempt: number | undefined): Decoded {
  try {
    const event = fromWire(body)
    return attempt === undefined ? { is: 'event', event } : { is: 'event', event, attempt }
  } catch (error) {
    if (!(error instanceof EventUnreadable)) throw error
    return foreign({ body, encoding: 'utf8', because: error.message })
  }
}

/** Pub/Sub counts only where the subscription has a dead-letter topic. */
function attemptOf({ deliveryAttempt }: Fields): number | undefined {
  const count = typeof deliveryAttempt === 'string' ? Number(deliveryAttempt) : deliveryAttempt
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 1 ? count : undefined
}
