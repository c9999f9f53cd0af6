import type { Decoded } from '../../core/run/consumer.ts'
import { readEvent } from '../../core/run/wire-event.ts'
import { decodeOr, type NativeRecord } from './events-native.ts'

/** Sources that begin with `aws.` are refused of everybody but AWS and its partners: the name vouches for the sender. */
const STRIPE = 'aws.partner/stripe.com/'

export const isStripeEvent = ({ source }: NativeRecord): boolean =>
  typeof source === 'string' && source.startsWith(STRIPE)

/**
 * An event of Stripe's partner bus, in whatever form its destination sends: the envelope goes on whole, and the driver of
 * the provider reads it. https://docs.stripe.com/event-destinations/eventbridge
 */
export const decodeStripeEvent = (native: NativeRecord): Decoded =>
  decodeOr(native, () => {
    const { id, source, time } = native
    const data = { provider: 'stripe', payload: native }
    return { is: 'event', event: readEvent({ id, source, time, type: 'billing.provider.event', data }) }
  })
