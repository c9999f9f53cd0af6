import { type Nano, nanoOf } from './quantity.ts'

/** Decimals of a unit's amount: Stripe takes twelve (https://docs.stripe.com/api/prices/create). */
const DECIMALS = 12
const NANO_DECIMALS = 9

/**
 * Minor units for a quantity at an amount a unit (decimal text of a minor unit), rounded half up, in integers alone.
 * Throws a RangeError for an amount that is no decimal or a sum that no integer holds.
 */
export function priceOf(quantity: Nano, unitAmountDecimal: string): number {
  const match = /^(\d{1,15})(?:\.(\d{1,12}))?$/.exec(unitAmountDecimal)
  if (!match) throw new RangeError(`${JSON.stringify(unitAmountDecimal)} is no amount`)
  const [, whole = '0', fraction = ''] = match
  const amount = BigInt(whole + fraction.padEnd(DECIMALS, '0'))
  const scale = 10n ** BigInt(DECIMALS + NANO_DECIMALS)
  const minor = Number((quantity * amount + scale / 2n) / scale)
  if (!Number.isSafeInteger(minor)) throw new RangeError('the sum is larger than an amount may be')
  return minor
}

/** The same of decimal text. */
export const priceOfText = (quantity: string, unitAmountDecimal: string): number =>
  priceOf(nanoOf(quantity), unitAmountDecimal)
