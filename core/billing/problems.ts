import { conflict, invalid, Problem } from '../http/problem.ts'
import { PaymentRefused, PaymentUnavailable } from '../ports/payments.ts'
import { SecretMissing } from '../ports/secrets.ts'
import { NotSupported } from '../run/not-supported.ts'

/** What a person can mend with another card or another confirmation (https://docs.stripe.com/error-codes). */
const CARD_CODES: ReadonlySet<string> = new Set([
  'card_declined',
  'card_not_supported',
  'currency_not_supported',
  'expired_card',
  'insufficient_funds',
  'incorrect_cvc',
  'incorrect_number',
  'incorrect_zip',
  'invalid_cvc',
  'invalid_expiry_month',
  'invalid_expiry_year',
  'invalid_number',
  'processing_error',
  'authentication_required',
  'payment_intent_authentication_failure',
  'payment_method_provider_decline',
])
/** What the state of the object at the provider forbids. */
const STATE_CODES =
  /already|unexpected_state|not_open|idempotency|not_editable|cannot_|in_use|^charge_disputed|canceled/

/** A failure of the provider as the client hears of it; anything else as it is. */
export function providerProblem(error: unknown): unknown {
  if (error instanceof PaymentRefused) return refusedBy(error)
  if (error instanceof PaymentUnavailable)
    return new Problem(
      {
        status: 503,
        code: 'payments-unavailable',
        title: 'The payment provider does not answer',
        detail:
          'The payment provider could not be reached. The same call, with the same key, can be sent again.',
        headers: { 'retry-after': '5' },
      },
      { cause: error },
    )
  if (error instanceof SecretMissing)
    return new Problem(
      {
        status: 503,
        code: 'payments-not-set-up',
        title: 'Payments are not set up',
        detail: 'This deployment has no account at a payment provider.',
      },
      { cause: error },
    )
  if (error instanceof NotSupported)
    return new Problem(
      {
        status: 501,
        code: 'not-supported',
        title: 'The payment provider cannot do this',
        detail: error.message,
      },
      { cause: error },
    )
  return error
}

/** Awaits a call to the provider; its failures become problems. */
export async function throughProvider<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    throw providerProblem(error)
  }
}

function refusedBy(error: PaymentRefused): Problem {
  const detail = `${error.message} (${error.code})`.slice(0, 500)
  const errors = error.param === null ? {} : { errors: [fieldOf(error.param, error)] }
  if (CARD_CODES.has(error.code))
    return new Problem(
      { status: 402, code: 'payment-refused', title: 'The payment was refused', detail, ...errors },
      { cause: error },
    )
  if (STATE_CODES.test(error.code))
    return new Problem(
      {
        status: 409,
        code: 'provider-conflict',
        title: 'Conflict at the payment provider',
        detail,
        ...errors,
      },
      { cause: error },
    )
  return new Problem(
    { status: 422, code: 'provider-refused', title: 'The payment provider refused', detail, ...errors },
    { cause: error },
  )
}

const fieldOf = (param: string, { code, message }: PaymentRefused) => ({
  field: `provider.${param}`,
  rule: code,
  message: message.slice(0, 300),
})

export const keyRequired = () =>
  new Problem({
    status: 400,
    code: 'idempotency-key-required',
    title: 'An Idempotency-Key is missing',
    detail: 'Send the header Idempotency-Key: one value for one intent, the same again when you try again.',
  })
export const keyInvalid = () =>
  new Problem({
    status: 400,
    code: 'idempotency-key-invalid',
    title: 'The Idempotency-Key cannot be used',
    detail: 'It may have 1 to 200 characters, all of them visible ASCII.',
  })
export const keyReused = () =>
  conflict('idempotency-key-reused', 'This Idempotency-Key came with another request before: use a new one.')
export const operationInProgress = () =>
  conflict('operation-in-progress', 'Another change of this is under way: try again in a minute.')
export const outcomeUnknown = () =>
  conflict(
    'outcome-unknown',
    'This was asked of the provider long ago and no answer came. Look whether it was done, then use a new Idempotency-Key.',
  )
export const alreadySubscribed = (subscriptionId: string) =>
  conflict(
    'already-subscribed',
    `There is a subscription already: change it by POST /v1/subscriptions/${subscriptionId}/change.`,
  )
export const subscriptionEnded = () =>
  conflict('subscription-ended', 'This subscription has ended, or has never begun: subscribe anew.')
export const nothingToChange = () =>
  conflict('nothing-to-change', 'The subscription has this price and quantity already.')
/** The provider keeps the items that are billed by use: their prices, and what their plan opens, would stay behind. */
export const useStays = () =>
  conflict(
    'use-prices-differ',
    'One of the two plans has prices by use of its own: cancel this subscription and subscribe to the other plan.',
  )
export const refundTooLarge = (leftMinor: number, currency: string) =>
  conflict(
    'refund-too-large',
    `Of this payment ${leftMinor} ${currency} (smallest units) are left to refund.`,
  )

/** 422 at one field. */
export const badField = (field: string, rule: string, message: string) => invalid([{ field, rule, message }])
