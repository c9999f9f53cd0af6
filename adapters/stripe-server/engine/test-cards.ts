/** What a bank says to a charge that it does not take (https://docs.stripe.com/declines/codes). */
export interface Decline {
  readonly code: string
  readonly declineCode: string
  readonly message: string
}

/** A card for tests: what happens with it is told by its number alone (https://docs.stripe.com/testing). */
export interface TestCard {
  readonly number: string
  /** Payment methods that the API knows without their being made: `pm_card_visa`. */
  readonly token: string
  readonly brand: string
  readonly country: string
  readonly declines?: Decline
  /** Declines already when it is attached to a customer. */
  readonly refusesAttach?: boolean
  /** `always`, or until it was set up for later payments. */
  readonly authentication?: 'always' | 'until-set-up'
  /** Disputed right after the charge. */
  readonly disputedAs?: string
  readonly refunds?: 'fail-later' | 'pending'
  /** Its money can be paid out at once. */
  readonly availableAtOnce?: boolean
}

const declined = (declineCode: string): Decline => ({
  code: 'card_declined',
  declineCode,
  message: 'Your card was declined.',
})
const GENERIC = declined('generic_decline')
const FUNDS: Decline = {
  code: 'card_declined',
  declineCode: 'insufficient_funds',
  message: 'Your card has insufficient funds.',
}
const coded = (code: string, message: string): Decline => ({ code, declineCode: code, message })

type Row = Omit<TestCard, 'number' | 'token' | 'brand' | 'country'> & { brand?: string; country?: string }
const row = (token: string, number: string, more: Row = {}): TestCard => ({
  token,
  number,
  brand: 'visa',
  country: 'US',
  ...more,
})

export const TEST_CARDS: readonly TestCard[] = [
  row('pm_card_visa', '4242424242424242'),
  row('pm_card_visa_debit', '4000056655665556'),
  row('pm_card_mastercard', '5555555555554444', { brand: 'mastercard' }),
  row('pm_card_amex', '378282246310005', { brand: 'amex' }),
  row('pm_card_de', '4000002760000016', { country: 'DE' }),
  row('pm_card_jp', '4000003920000003', { country: 'JP' }),
  row('pm_card_bypassPending', '4000000000000077', { availableAtOnce: true }),
  row('pm_card_chargeDeclined', '4000000000000002', { declines: GENERIC, refusesAttach: true }),
  row('pm_card_visa_chargeDeclined', '4000000000000002', { declines: GENERIC, refusesAttach: true }),
  row('pm_card_chargeDeclinedInsufficientFunds', '4000000000009995', {
    declines: FUNDS,
    refusesAttach: true,
  }),
  row('pm_card_visa_chargeDeclinedInsufficientFunds', '4000000000009995', {
    declines: FUNDS,
    refusesAttach: true,
  }),
  row('pm_card_visa_chargeDeclinedLostCard', '4000000000009987', {
    declines: declined('lost_card'),
    refusesAttach: true,
  }),
  row('pm_card_visa_chargeDeclinedStolenCard', '4000000000009979', {
    declines: declined('stolen_card'),
    refusesAttach: true,
  }),
  row('pm_card_chargeDeclinedExpiredCard', '4000000000000069', {
    declines: coded('expired_card', 'Your card has expired.'),
    refusesAttach: true,
  }),
  row('pm_card_chargeDeclinedIncorrectCvc', '4000000000000127', {
    declines: coded('incorrect_cvc', "Your card's security code is incorrect."),
    refusesAttach: true,
  }),
  row('pm_card_chargeDeclinedProcessingError', '4000000000000119', {
    declines: coded(
      'processing_error',
      'An error occurred while processing your card. Try again in a little bit.',
    ),
    refusesAttach: true,
  }),
  row('pm_card_chargeCustomerFail', '4000000000000341', { declines: GENERIC }),
  row('pm_card_authenticationRequired', '4000002760003184', { authentication: 'always' }),
  row('pm_card_threeDSecureRequired', '4000000000003220', { authentication: 'always' }),
  row('pm_card_authenticationRequiredOnSetup', '4000002500003155', { authentication: 'until-set-up' }),
  row('pm_card_createDispute', '4000000000000259', { disputedAs: 'fraudulent' }),
  row('pm_card_createDisputeProductNotReceived', '4000000000002685', { disputedAs: 'product_not_received' }),
  row('pm_card_refundFail', '4000000000005126', { refunds: 'fail-later' }),
  row('pm_card_pendingRefund', '4000000000007726', { refunds: 'pending' }),
]

const byToken = new Map(TEST_CARDS.map((card) => [card.token, card]))
const byFingerprint = new Map(TEST_CARDS.map((card) => [fingerprintOf(card.number), card]))

/** A card's fingerprint says which number it has, and so what it does: the number itself is never kept. */
export function fingerprintOf(number: string): string {
  return `test${number.slice(-12)}`
}

/** The card of a ready-made payment method: `pm_card_visa`. */
export const cardOfToken = (token: string): TestCard | undefined => byToken.get(token)

/** The card of a number as somebody types it, blanks and all. Undefined for what is no test card. */
export function cardOfNumber(typed: string): TestCard | undefined {
  const number = typed.replaceAll(/[\s-]/g, '')
  const card = byFingerprint.get(fingerprintOf(number))
  return card?.number === number ? card : undefined
}

/** The card behind a payment method object; what is no known card takes every charge. */
export function cardOf(method: { card?: unknown }): TestCard {
  const fingerprint = (method.card as { fingerprint?: string } | null | undefined)?.fingerprint
  return byFingerprint.get(fingerprint ?? '') ?? (TEST_CARDS[0] as TestCard)
}

/** The `card` hash of a payment method: https://docs.stripe.com/api/payment_methods/object. */
export function cardDetails(card: TestCard, expires: { month: number; year: number }) {
  return {
    brand: card.brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: card.country,
    display_brand: card.brand,
    exp_month: expires.month,
    exp_year: expires.year,
    fingerprint: fingerprintOf(card.number),
    funding: 'credit',
    generated_from: null,
    last4: card.number.slice(-4),
    networks: { available: [card.brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  }
}
