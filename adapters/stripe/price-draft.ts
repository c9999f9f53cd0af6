import type Stripe from 'stripe'
import type { PlanDraft } from '../../core/billing/payment-requests.ts'
import { PaymentRefused } from '../../core/ports/payments.ts'
import { decimalText } from './read-fields.ts'

export type PriceDraft = PlanDraft['prices'][number]

type PriceParams = Omit<Stripe.PriceCreateParams, 'unit_amount_decimal'> & {
  readonly unit_amount_decimal?: string | undefined
}

/** A price as Stripe makes it: the first amount is its own currency's, the others are options. */
export function priceParams(
  draft: PriceDraft,
  { productId, meters }: { productId: string; meters: ReadonlyMap<string, string> },
): PriceParams {
  const [own, ...others] = draft.amounts
  if (!own)
    throw new PaymentRefused('price_empty', `the price ${draft.key} has no amount`, { param: 'amounts' })
  // The amounts beside a decimal are no amounts: the other currencies would be sold for nothing.
  if (draft.unitAmountDecimal !== undefined && others.length > 0)
    throw new PaymentRefused(
      'price_currencies',
      `the price ${draft.key} is finer than a minor unit: make one of each currency`,
      { param: 'amounts' },
    )
  const meter = draft.meter === undefined ? undefined : meters.get(draft.meter)
  return {
    product: productId,
    lookup_key: draft.key,
    transfer_lookup_key: true,
    currency: own.currency,
    ...(draft.unitAmountDecimal === undefined
      ? { unit_amount: own.amountMinor }
      : { unit_amount_decimal: draft.unitAmountDecimal }),
    ...(others.length === 0
      ? {}
      : {
          currency_options: Object.fromEntries(
            others.map(({ currency, amountMinor }) => [currency, { unit_amount: amountMinor }]),
          ),
        }),
    recurring: {
      interval: draft.interval,
      ...(meter === undefined ? {} : { usage_type: 'metered', meter }),
      ...(draft.trialDays === null ? {} : { trial_period_days: draft.trialDays }),
    },
  }
}

/** Whether a price that exists is what is wanted. */
export function isSamePrice(price: Stripe.Price, wanted: PriceParams): boolean {
  const { recurring } = price
  return (
    price.currency === wanted.currency &&
    sameNumber(
      decimalText(price.unit_amount_decimal) ?? decimalText(price.unit_amount),
      wanted.unit_amount_decimal ?? decimalText(wanted.unit_amount),
    ) &&
    recurring?.interval === wanted.recurring?.interval &&
    recurring?.interval_count === 1 &&
    (recurring?.meter ?? null) === (wanted.recurring?.meter ?? null) &&
    (recurring?.trial_period_days ?? null) === (wanted.recurring?.trial_period_days ?? null) &&
    sameOptions(price, wanted)
  )
}

function sameOptions({ currency, currency_options: has = {} }: Stripe.Price, wanted: PriceParams): boolean {
  const wants = wanted.currency_options ?? {}
  const codes = new Set([...Object.keys(has), ...Object.keys(wants)].filter((code) => code !== currency))
  return [...codes].every((code) => has[code]?.unit_amount === wants[code]?.unit_amount)
}

/** `0.50` is `0.5`: compared as text without trailing zeros, not as floating numbers. */
const sameNumber = (one: string | null, other: string | null): boolean => normal(one) === normal(other)
const normal = (text: string | null): string | null =>
  text?.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text
