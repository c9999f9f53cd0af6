import type { Operation, Params, Store } from '../store.ts'
import { bill, changeSubscription, current } from './bill.ts'
import {
  changeItems,
  type ItemChange,
  type ProrationBehaviour,
  refuseEnded,
  setCancelAtPeriodEnd,
} from './change.ts'
import { endSubscription, hasEnded } from './end.ts'
import { wouldDecline } from './intents.ts'
import { pendingItems } from './invoice-draft.ts'
import type { Customer, Subscription } from './objects.ts'
import { find, invalid, need } from './objects-in-store.ts'
import { allow, flag, hash, hashes, integer, metadataOf, oneOf, required, text } from './params.ts'
import { type PreviewOf, previewInvoice } from './preview.ts'
import { leavePending, prorationsOf } from './proration.ts'
import { endTrialNow, extendTrial, periodOf, resume, usageLines } from './renew.ts'
import { startSubscription } from './subscribe.ts'

const PRORATIONS = ['create_prorations', 'always_invoice', 'none'] as const
const BEHAVIOURS = ['allow_incomplete', 'default_incomplete', 'error_if_incomplete'] as const

/** Items as a request names them, for a change or for a preview of one. */
export const itemChanges = (params: Params): ItemChange[] =>
  hashes(params, 'items').map((item) => {
    allow(item, ['id', 'price', 'quantity', 'deleted', 'metadata', 'clear_usage', 'tax_rates'])
    return {
      id: text(item, 'id'),
      price: text(item, 'price'),
      quantity: integer(item, 'quantity'),
      deleted: flag(item, 'deleted'),
      ...(item.metadata !== undefined && { metadata: metadataOf(item) }),
    }
  })

export const prorationBehaviour = (params: Params): ProrationBehaviour =>
  oneOf(params, 'proration_behavior', PRORATIONS) ?? 'create_prorations'

const create: Operation = {
  method: 'POST',
  path: '/v1/subscriptions',
  run(store, { params }) {
    allow(params, [
      ...[
        'customer',
        'items',
        'currency',
        'trial_period_days',
        'trial_end',
        'default_payment_method',
        'metadata',
      ],
      ...[
        'automatic_tax',
        'cancel_at_period_end',
        'payment_behavior',
        'trial_settings',
        'off_session',
        'description',
      ],
      ...['payment_settings', 'collection_method', 'proration_behavior'],
    ])
    return startSubscription(store, {
      customer: required(params, 'customer'),
      items: hashes(params, 'items').map((item) => ({
        price: required(item, 'price'),
        quantity: integer(item, 'quantity'),
        metadata: metadataOf(item),
      })),
      currency: text(params, 'currency'),
      trialDays: integer(params, 'trial_period_days'),
      trialEnd: integer(params, 'trial_end'),
      defaultPaymentMethod: text(params, 'default_payment_method'),
      metadata: metadataOf(params),
      automaticTax: flag(hash(params, 'automatic_tax') ?? {}, 'enabled'),
      cancelAtPeriodEnd: flag(params, 'cancel_at_period_end'),
      behaviour: oneOf(params, 'payment_behavior', BEHAVIOURS),
      missingPaymentMethod: missingMethod(params),
      offSession: flag(params, 'off_session'),
      description: text(params, 'description'),
    })
  },
}

const missingMethod = (params: Params): string | undefined =>
  oneOf(hash(hash(params, 'trial_settings') ?? {}, 'end_behavior') ?? {}, 'missing_payment_method', [
    'cancel',
    'create_invoice',
    'pause',
  ])

const update: Operation = {
  method: 'POST',
  path: '/v1/subscriptions/:id',
  run(store, { params, path }) {
    allow(params, [
      ...['items', 'proration_behavior', 'proration_date', 'cancel_at_period_end', 'cancel_at', 'trial_end'],
      ...['default_payment_method', 'pause_collection', 'metadata', 'automatic_tax', 'description'],
      ...['payment_behavior', 'trial_settings', 'off_session', 'cancellation_details', 'payment_settings'],
    ])
    const subscription = need(store, 'subscription', path.id)
    const fields = plainFields(store, subscription, params)
    if (Object.keys(fields).some((name) => name !== 'metadata')) refuseEnded(subscription)
    if (Object.keys(fields).length > 0) changeSubscription(store, subscription, fields)
    changeTrial(store, current(store, subscription), params)
    changeEnd(store, current(store, subscription), params)
    changeTo(store, current(store, subscription), params)
    return current(store, subscription)
  },
}

function changeTo(store: Store, subscription: Subscription, params: Params): void {
  const items = itemChanges(params)
  if (items.length === 0) return
  const how = { items, behaviour: prorationBehaviour(params), at: integer(params, 'proration_date') }
  if (oneOf(params, 'payment_behavior', BEHAVIOURS) === 'error_if_incomplete')
    refuseUnpayable(store, subscription, how)
  changeItems(store, subscription, how)
}

/** Nothing is changed where the card would not pay for it: https://docs.stripe.com/api/subscriptions/update. */
function refuseUnpayable(store: Store, subscription: Subscription, how: PreviewOf): void {
  const now = store.now(subscription.customer)
  const { period_end: at, amount_due: due } = previewInvoice(store, subscription, how)
  const customer = find(store, 'customer', subscription.customer) as Customer | undefined
  const method = subscription.default_payment_method ?? customer?.invoice_settings.default_payment_method
  if (at !== now || due === 0) return
  const refusal = method
    ? wouldDecline(store, method)
    : invalid('This customer has no attached payment source or default payment method.', {
        code: 'resource_missing',
      })
  if (refusal) throw refusal
}

function plainFields(store: Store, subscription: Subscription, params: Params): Partial<Subscription> {
  const method = text(params, 'default_payment_method')
  if (method !== undefined) need(store, 'payment_method', method, 'default_payment_method')
  const tax = flag(hash(params, 'automatic_tax') ?? {}, 'enabled')
  const missing = missingMethod(params)
  return {
    ...(params.metadata !== undefined && { metadata: metadataOf(params, subscription.metadata) }),
    ...(params.default_payment_method !== undefined && { default_payment_method: method ?? null }),
    ...(params.description !== undefined && { description: text(params, 'description') ?? null }),
    ...(tax !== undefined && { automatic_tax: { ...subscription.automatic_tax, enabled: tax } }),
    ...(missing !== undefined && { trial_settings: { end_behavior: { missing_payment_method: missing } } }),
    ...(params.pause_collection !== undefined && { pause_collection: pauseOf(params) }),
  }
}

function pauseOf(params: Params): Subscription['pause_collection'] {
  const pause = hash(params, 'pause_collection')
  if (!pause) return null
  const behavior = oneOf(pause, 'behavior', ['keep_as_draft', 'mark_uncollectible', 'void'])
  if (behavior === undefined) throw invalid('Missing required param: pause_collection[behavior].')
  return { behavior, resumes_at: integer(pause, 'resumes_at') ?? null }
}

function changeTrial(store: Store, subscription: Subscription, params: Params): void {
  if (params.trial_end === undefined) return
  refuseEnded(subscription)
  if (params.trial_end === 'now') endTrialNow(store, subscription)
  else extendTrial(store, subscription, integer(params, 'trial_end') ?? 0)
}

function changeEnd(store: Store, subscription: Subscription, params: Params): void {
  const atEnd = flag(params, 'cancel_at_period_end')
  if (atEnd !== undefined && atEnd !== subscription.cancel_at_period_end)
    setCancelAtPeriodEnd(store, subscription, atEnd)
  if (params.cancel_at === undefined) return
  refuseEnded(subscription)
  const time = integer(params, 'cancel_at') ?? null
  const now = store.now(subscription.customer)
  if (time !== null && time <= now) throw invalid('Must be in the future.', { param: 'cancel_at' })
  changeSubscription(store, current(store, subscription), {
    cancel_at: time,
    cancel_at_period_end: false,
    canceled_at: time === null ? null : now,
  })
}

const cancel: Operation = {
  method: 'DELETE',
  path: '/v1/subscriptions/:id',
  run(store, { params, path }) {
    allow(params, ['invoice_now', 'prorate', 'cancellation_details'])
    const subscription = need(store, 'subscription', path.id)
    if (hasEnded(subscription))
      throw invalid(`No such subscription: '${subscription.id}'`, { code: 'resource_missing', param: 'id' })
    if (flag(params, 'prorate')) creditTheRest(store, subscription)
    if (flag(params, 'invoice_now')) billTheRest(store, subscription)
    return endSubscription(store, subscription, 'cancellation_requested')
  },
}

function creditTheRest(store: Store, subscription: Subscription): void {
  const at = store.now(subscription.customer)
  leavePending(store, prorationsOf(store, subscription, { items: [], at, debits: false }))
}

function billTheRest(store: Store, subscription: Subscription): void {
  const now = store.now(subscription.customer)
  const period = { start: periodOf(subscription).start, end: now }
  const lines = usageLines(store, subscription, period).filter((line) => line.amount !== 0)
  if (lines.length + pendingItems(store, { ...subscription, subscription }).length > 0)
    bill(store, subscription, { reason: 'subscription_cycle', lines, period })
}

const resumePaused: Operation = {
  method: 'POST',
  path: '/v1/subscriptions/:id/resume',
  run(store, { params, path }) {
    allow(params, ['billing_cycle_anchor', 'proration_behavior', 'proration_date'])
    return resume(store, need(store, 'subscription', path.id))
  },
}

export const subscriptionOperations: readonly Operation[] = [create, update, cancel, resumePaused]
