import { StripeFailure } from '../store.ts'
import type { PaymentIntent } from './objects.ts'
import type { Decline } from './test-cards.ts'

/** The customer has not passed 3-D Secure. */
export const NOT_AUTHENTICATED: Decline = {
  code: 'payment_intent_authentication_failure',
  declineCode: 'authentication_failure',
  message: 'The provided PaymentMethod has failed authentication.',
}
/** The bank wants 3-D Secure of a customer who is not there. */
export const AUTHENTICATION_REQUIRED: Decline = {
  code: 'authentication_required',
  declineCode: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
}

/** As `last_payment_error` shows it. */
export const errorOf = (why: Decline) => ({
  type: 'card_error',
  code: why.code,
  decline_code: why.declineCode,
  doc_url: `https://stripe.com/docs/error-codes/${why.code.replaceAll('_', '-')}`,
  message: why.message,
})

/** Stripe's answer to a payment that was declined. What the attempt has changed stays: the store keeps it at status 402. */
export function declinedAnswer(intent: PaymentIntent): StripeFailure {
  const { message, ...error } = (intent.last_payment_error ?? {}) as { message?: string; code?: string }
  return new StripeFailure(
    402,
    { ...error, type: 'card_error', payment_intent: intent },
    message ?? 'Your card was declined.',
  )
}
