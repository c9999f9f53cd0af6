import type Stripe from 'stripe'
import type { InvoiceLine } from '../../core/billing/provider-objects.ts'
import { idOf, instantOf, type MaybeExpanded, sumOf } from './read-fields.ts'

export interface InvoiceLineParts {
  /** Event names of meters by the price that is counted by them. */
  readonly meters: ReadonlyMap<string, string | null>
}

interface Amount {
  readonly amount: number
}
/** What lines said before basil. */
interface Legacy {
  readonly price?: MaybeExpanded
  readonly proration?: boolean
  readonly tax_amounts?: readonly (Amount & { readonly inclusive: boolean })[] | null
}

/** https://docs.stripe.com/api/invoice-line-item/object */
export function readLine(line: Stripe.InvoiceLineItem, { meters }: InvoiceLineParts): InvoiceLine {
  const priceId = priceOf(line)
  const taxes = taxesOf(line)
  return {
    id: line.id,
    description: line.description ?? '',
    amountMinor:
      line.amount -
      sumOf(line.discount_amounts, ({ amount }) => amount) -
      sumOf(line.pretax_credit_amounts?.filter(isCredit), ({ amount }) => amount) -
      sumOf(
        taxes.filter(({ inclusive }) => inclusive),
        ({ amount }) => amount,
      ),
    taxMinor: sumOf(taxes, ({ amount }) => amount),
    quantity: line.quantity ?? null,
    priceId,
    periodStart: instantOf(line.period.start),
    periodEnd: instantOf(line.period.end),
    proration: isProration(line),
    meter: (priceId === null ? null : meters.get(priceId)) ?? null,
  }
}

/** The price of a line: in `pricing` since basil, in `price` before. */
export const priceOf = (line: Stripe.InvoiceLineItem): string | null =>
  idOf(line.pricing?.price_details?.price) ?? idOf((line as Legacy).price)

// The list names discounts too, which `discount_amounts` has already.
const isCredit = ({ type }: Stripe.InvoiceLineItem.PretaxCreditAmount) =>
  type === 'credit_balance_transaction'

function taxesOf(line: Stripe.InvoiceLineItem): readonly (Amount & { inclusive: boolean })[] {
  if (line.taxes)
    return line.taxes.map((tax) => ({ amount: tax.amount, inclusive: tax.tax_behavior === 'inclusive' }))
  return (line as Legacy).tax_amounts ?? []
}

const isProration = (line: Stripe.InvoiceLineItem): boolean =>
  line.parent?.subscription_item_details?.proration ??
  line.parent?.invoice_item_details?.proration ??
  (line as Legacy).proration ??
  false
