import * as z from 'zod/mini'

// Of PayPal's objects what is read of them. Amounts are decimal text; times are ISO 8601.

const id = z.string().check(z.minLength(1))
const time = z.iso.datetime({ offset: true })
const maybeTime = z.nullish(time)

export const Token = z.object({ access_token: z.string(), expires_in: z.int() })

/** https://developer.paypal.com/api/rest/responses/ */
export const Failure = z.object({
  name: z.optional(z.string()),
  error: z.optional(z.string()),
  message: z.optional(z.string()),
  details: z.optional(
    z.array(z.object({ issue: z.optional(z.string()), description: z.optional(z.string()) })),
  ),
})

export const Amount = z.object({ currency_code: z.string(), value: z.string() })
export type Amount = z.infer<typeof Amount>
const maybeAmount = z.nullish(Amount)

const Links = z._default(z.array(z.object({ rel: z.string(), href: z.string() })), [])
export type Links = z.infer<typeof Links>

/** https://developer.paypal.com/docs/api/payments/v2/#captures_get */
export const Capture = z.object({
  id,
  status: z.enum(['COMPLETED', 'DECLINED', 'PARTIALLY_REFUNDED', 'PENDING', 'REFUNDED', 'FAILED']),
  status_details: z.nullish(z.object({ reason: z.nullish(z.string()) })),
  amount: Amount,
  seller_receivable_breakdown: z.nullish(
    z.object({
      gross_amount: Amount,
      paypal_fee: maybeAmount,
      paypal_fee_in_receivable_currency: maybeAmount,
      receivable_amount: maybeAmount,
    }),
  ),
  supplementary_data: z.nullish(
    z.object({ related_ids: z.nullish(z.object({ order_id: z.nullish(z.string()) })) }),
  ),
  create_time: time,
})
export type Capture = z.infer<typeof Capture>

/** https://developer.paypal.com/docs/api/payments/v2/#refunds_get */
export const Refund = z.object({
  id,
  status: z.enum(['CANCELLED', 'FAILED', 'PENDING', 'COMPLETED']),
  amount: Amount,
  seller_payable_breakdown: z.nullish(z.object({ paypal_fee: maybeAmount })),
  links: Links,
  create_time: time,
})
export type Refund = z.infer<typeof Refund>

/** Who pays, and what was given back of it: a capture alone tells neither. https://developer.paypal.com/docs/api/orders/v2/#orders_get */
export const Order = z.object({
  payer: z.nullish(z.object({ payer_id: z.nullish(z.string()) })),
  purchase_units: z._default(
    z.array(
      z.object({
        payments: z.nullish(
          z.object({
            refunds: z.nullish(z.array(z.object({ status: z.string(), amount: Amount, links: Links }))),
          }),
        ),
      }),
    ),
    [],
  ),
})
export type Order = z.infer<typeof Order>

const OldAmount = z.object({ total: z.string(), currency: z.string() })
const OldFee = z.nullish(z.object({ value: z.string(), currency: z.string() }))

/** A payment of a subscription is of the first version: https://developer.paypal.com/docs/api/payments/v1/#sale_get */
export const Sale = z.object({
  id,
  state: z.enum(['completed', 'partially_refunded', 'pending', 'refunded', 'denied']),
  amount: OldAmount,
  transaction_fee: OldFee,
  reason_code: z.nullish(z.string()),
  billing_agreement_id: z.nullish(z.string()),
  create_time: time,
})
export type Sale = z.infer<typeof Sale>

/** https://developer.paypal.com/docs/api/payments/v1/#refund_get */
export const SaleRefund = z.object({
  id,
  state: z.enum(['pending', 'completed', 'cancelled', 'failed']),
  amount: OldAmount,
  refund_from_transaction_fee: OldFee,
  sale_id: id,
  create_time: time,
})
export type SaleRefund = z.infer<typeof SaleRefund>

/** https://developer.paypal.com/docs/api/subscriptions/v1/#subscriptions_get */
export const Subscription = z.object({
  id,
  plan_id: id,
  status: z.enum(['APPROVAL_PENDING', 'APPROVED', 'ACTIVE', 'SUSPENDED', 'CANCELLED', 'EXPIRED']),
  status_update_time: maybeTime,
  start_time: time,
  quantity: z.nullish(z.string()),
  subscriber: z.nullish(z.object({ payer_id: z.nullish(z.string()) })),
  billing_info: z.nullish(
    z.object({
      outstanding_balance: maybeAmount,
      cycle_executions: z.nullish(
        z.array(
          z.object({
            tenure_type: z.enum(['REGULAR', 'TRIAL']),
            cycles_completed: z.int(),
            cycles_remaining: z.nullish(z.int()),
          }),
        ),
      ),
      last_payment: z.nullish(z.object({ time })),
      next_billing_time: maybeTime,
      failed_payments_count: z._default(z.int(), 0),
    }),
  ),
})
export type Subscription = z.infer<typeof Subscription>

/** https://developer.paypal.com/docs/api/subscriptions/v1/#plans_get */
export const Plan = z.object({
  id,
  name: z.string(),
  description: z.nullish(z.string()),
  status: z.enum(['CREATED', 'INACTIVE', 'ACTIVE']),
  billing_cycles: z.array(
    z.object({
      frequency: z.object({
        interval_unit: z.enum(['DAY', 'WEEK', 'MONTH', 'YEAR']),
        interval_count: z._default(z.int(), 1),
      }),
      tenure_type: z.enum(['REGULAR', 'TRIAL']),
      pricing_scheme: z.nullish(z.object({ fixed_price: maybeAmount })),
    }),
  ),
})
export type Plan = z.infer<typeof Plan>

/** https://developer.paypal.com/api/customer-disputes/v1/disputes-get */
export const Dispute = z.object({
  dispute_id: id,
  create_time: time,
  status: z.string(),
  reason: z.nullish(z.string()),
  dispute_life_cycle_stage: z.nullish(z.string()),
  dispute_amount: Amount,
  dispute_outcome: z.nullish(z.object({ outcome_code: z.nullish(z.string()) })),
  disputed_transactions: z.array(z.object({ seller_transaction_id: z.nullish(z.string()) })),
  seller_response_due_date: maybeTime,
  money_movements: z.nullish(
    z.array(
      z.object({
        affected_party: z.nullish(z.string()),
        amount: Amount,
        initiated_time: maybeTime,
        type: z.nullish(z.string()),
      }),
    ),
  ),
})
export type Dispute = z.infer<typeof Dispute>
