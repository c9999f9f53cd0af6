import { PaymentRefused, PaymentUnavailable } from '../../core/ports/payments.ts'

/** What is read of the SDK's errors: by name, so that the SDK need not be loaded to tell them apart. */
interface StripeError extends Error {
  readonly type: string
  readonly rawType?: string
  readonly code?: string
  readonly param?: string
  readonly statusCode?: number
}

const isStripeError = (error: unknown): error is StripeError =>
  error instanceof Error &&
  'type' in error &&
  typeof error.type === 'string' &&
  error.type.startsWith('Stripe')

const REFUSALS: ReadonlySet<string> = new Set([
  'StripeCardError',
  'StripeInvalidRequestError',
  'StripeIdempotencyError',
])

/** Answered as a lacking permission. */
const ACCOUNT_GONE = 'account_invalid'

/**
 * The port's error for one of the SDK; others are given back as they are. A refused key is `PaymentUnavailable`: it is
 * our mistake and no customer's, and the call succeeds once it is mended. https://docs.stripe.com/error-handling
 */
export function asPaymentError(error: unknown): unknown {
  if (!isStripeError(error)) return error
  const { message, param = null } = error
  const code = error.code ?? error.rawType ?? error.type
  // What our key may not do is no customer's mistake either, and the message names the key.
  if (REFUSALS.has(error.type) || code === ACCOUNT_GONE)
    return new PaymentRefused(code, message, { cause: error, param })
  return new PaymentUnavailable(`Stripe does not answer: ${message}`, { cause: error })
}

/** Nothing has the id, or it is of an account that is not connected any more. */
export const isGone = (error: unknown): boolean =>
  error instanceof PaymentRefused && (error.code === 'resource_missing' || error.code === ACCOUNT_GONE)
