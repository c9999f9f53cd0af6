import * as z from 'zod/mini'

// Of Razorpay's objects what is read of them. Times are whole seconds, amounts integers in the smallest unit.

const id = z.string().check(z.minLength(1))
const seconds = z.nullish(z.int())
/** An empty list where there are none: https://razorpay.com/docs/api/understand/#notes */
const Notes = z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())])

/** https://razorpay.com/docs/api/payments/entity/ */
export const Payment = z.object({
  id,
  amount: z.int(),
  currency: z.string(),
  base_amount: z.nullish(z.int()),
  base_currency: z.nullish(z.string()),
  status: z.enum(['created', 'authorized', 'captured', 'refunded', 'failed']),
  amount_refunded: z._default(z.int(), 0),
  fee: z.nullish(z.int()),
  customer_id: z.nullish(z.string()),
  invoice_id: z.nullish(z.string()),
  token_id: z.nullish(z.string()),
  error_code: z.nullish(z.string()),
  error_reason: z.nullish(z.string()),
  error_description: z.nullish(z.string()),
  created_at: z.int(),
})
export type Payment = z.infer<typeof Payment>

/** https://razorpay.com/docs/api/refunds/entity/ */
export const Refund = z.object({
  id,
  payment_id: id,
  amount: z.int(),
  currency: z.string(),
  base_amount: z.nullish(z.int()),
  base_currency: z.nullish(z.string()),
  status: z.enum(['pending', 'processed', 'failed']),
  notes: z.nullish(Notes),
  created_at: z.int(),
})
export type Refund = z.infer<typeof Refund>

/** https://razorpay.com/docs/api/disputes/entity/ */
export const Dispute = z.object({
  id,
  payment_id: id,
  amount: z.int(),
  currency: z.string(),
  amount_deducted: z._default(z.int(), 0),
  reason_code: z.nullish(z.string()),
  respond_by: seconds,
  status: z.enum(['open', 'under_review', 'won', 'lost', 'closed']),
  phase: z.nullish(z.string()),
  created_at: z.int(),
})
export type Dispute = z.infer<typeof Dispute>

/** https://razorpay.com/docs/api/payments/subscriptions/ */
export const Subscription = z.object({
  id,
  plan_id: id,
  customer_id: z.nullish(z.string()),
  status: z.enum([
    ...(['created', 'authenticated', 'active', 'pending', 'halted'] as const),
    ...(['cancelled', 'completed', 'expired', 'paused'] as const),
  ]),
  current_start: seconds,
  current_end: seconds,
  ended_at: seconds,
  start_at: seconds,
  quantity: z.nullish(z.int()),
  created_at: z.int(),
})
export type Subscription = z.infer<typeof Subscription>

/** https://razorpay.com/docs/api/payments/subscriptions/create-plan/ */
export const Plan = z.object({
  id,
  period: z.string(),
  interval: z.int(),
  item: z.object({
    name: z.string(),
    description: z.nullish(z.string()),
    active: z._default(z.boolean(), true),
    amount: z.int(),
    currency: z.string(),
  }),
})
export type Plan = z.infer<typeof Plan>

/** https://razorpay.com/docs/api/payments/invoices/entity/ */
export const Invoice = z.object({
  id,
  invoice_number: z.nullish(z.string()),
  customer_id: z.nullish(z.string()),
  subscription_id: z.nullish(z.string()),
  payment_id: z.nullish(z.string()),
  status: z.enum(['draft', 'issued', 'partially_paid', 'paid', 'cancelled', 'expired', 'deleted']),
  currency: z.string(),
  amount: z.int(),
  amount_paid: z.nullish(z.int()),
  amount_due: z.nullish(z.int()),
  tax_amount: z.nullish(z.int()),
  line_items: z._default(
    z.array(
      z.object({
        id,
        name: z.nullish(z.string()),
        description: z.nullish(z.string()),
        /** Before tax, where the line is taxed. */
        taxable_amount: z.nullish(z.int()),
        amount: z.int(),
        tax_amount: z.nullish(z.int()),
        quantity: z.nullish(z.int()),
      }),
    ),
    [],
  ),
  short_url: z.nullish(z.string()),
  billing_start: seconds,
  billing_end: seconds,
  expire_by: seconds,
  issued_at: seconds,
  paid_at: seconds,
  created_at: z.int(),
})
export type Invoice = z.infer<typeof Invoice>

/** https://razorpay.com/docs/api/customers/ */
export const Customer = z.object({
  id,
  name: z.nullish(z.string()),
  email: z.nullish(z.string()),
  notes: z.nullish(Notes),
})
export type Customer = z.infer<typeof Customer>

/** https://razorpay.com/docs/api/understand/#error-response */
export const Failure = z.object({
  error: z.object({ code: z.string(), description: z._default(z.string(), '') }),
})

/** https://razorpay.com/docs/api/understand/#pagination */
export const pageOf = <T>(item: z.ZodMiniType<T>) => z.object({ items: z.array(item) })
