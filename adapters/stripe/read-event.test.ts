import { describe, expect, it } from 'vitest'
import type { ObjectRef } from '../../core/billing/provider-objects.ts'
import { WebhookRefused } from '../../core/ports/payments.ts'
import { readBusEvents } from './bus-event.ts'
import { WEBHOOK_EVENTS } from './endpoint.ts'
import { readEvent } from './read-event.ts'
import { snapshotEvent, thinEvent } from './testing/events.ts'

const ref = (kind: ObjectRef['kind'], id: string, accountId: string | null = null) => ({
  kind,
  id,
  accountId,
})

const SNAPSHOTS: [string, Record<string, unknown>, ObjectRef | null][] = [
  ['charge.succeeded', { id: 'ch_1', object: 'charge', payment_intent: 'pi_1' }, ref('payment', 'pi_1')],
  ['charge.succeeded', { id: 'ch_1', object: 'charge', payment_intent: null }, ref('payment', 'ch_1')],
  ['charge.refund.updated', { id: 're_1', object: 'refund' }, ref('refund', 're_1')],
  ['charge.dispute.created', { id: 'dp_1', object: 'dispute' }, ref('dispute', 'dp_1')],
  ['payment_intent.succeeded', { id: 'pi_1', object: 'payment_intent' }, ref('payment', 'pi_1')],
  [
    'invoice_payment.paid',
    { id: 'inpay_1', object: 'invoice_payment', invoice: 'in_1' },
    ref('invoice', 'in_1'),
  ],
  ['invoice.paid', { id: 'in_1', object: 'invoice' }, ref('invoice', 'in_1')],
  ['invoice.upcoming', { object: 'invoice' }, null],
  ['customer.updated', { id: 'cus_1', object: 'customer' }, ref('customer', 'cus_1')],
  ['customer.subscription.updated', { id: 'sub_1', object: 'subscription' }, ref('subscription', 'sub_1')],
  [
    'subscription_schedule.updated',
    { id: 'sub_sched_1', object: 'subscription_schedule', subscription: 'sub_1' },
    ref('subscription', 'sub_1'),
  ],
  [
    'setup_intent.succeeded',
    { id: 'seti_1', object: 'setup_intent', payment_method: 'pm_1' },
    ref('payment-method', 'pm_1'),
  ],
  ['setup_intent.created', { id: 'seti_1', object: 'setup_intent', payment_method: null }, null],
  ['payment_method.detached', { id: 'pm_1', object: 'payment_method' }, ref('payment-method', 'pm_1')],
  ['checkout.session.completed', { id: 'cs_1', object: 'checkout.session' }, ref('checkout', 'cs_1')],
  ['payout.paid', { id: 'po_1', object: 'payout' }, ref('payout', 'po_1')],
  ['credit_note.created', { id: 'cn_1', object: 'credit_note', invoice: 'in_1' }, ref('invoice', 'in_1')],
  ['transfer.created', { id: 'tr_1', object: 'transfer' }, ref('transfer', 'tr_1')],
  ['product.updated', { id: 'prod_1', object: 'product' }, ref('product', 'prod_1')],
  ['price.created', { id: 'price_1', object: 'price' }, ref('price', 'price_1')],
  ['customer.discount.created', { id: 'di_1', object: 'discount' }, null],
  ['account.updated', { id: 'acct_ours', object: 'account' }, null],
  ['toaster.popped', { id: 'to_1', object: 'constructor' }, null],
]

describe('readEvent of snapshots', () => {
  it.each(SNAPSHOTS)('%s is about what is to be fetched', (type, object, about) => {
    expect(readEvent(snapshotEvent(type, object)).about).toEqual(about)
  })
  it('knows an object for every type that the endpoint asks for', () => {
    const objects = new Set(SNAPSHOTS.flatMap(([, { object, id }]) => (id ? String(object) : [])))
    const nameOf = (type: string) =>
      type.startsWith('charge.dispute')
        ? 'dispute'
        : type.replace(/\.\w+$/, '').replace('customer.subscription', 'subscription')
    expect([...new Set(WEBHOOK_EVENTS.map(nameOf))].filter((name) => !objects.has(name))).toEqual([])
  })
  it('takes a payout and the account of a payee, and none of their charges', () => {
    const of = (type: string, object: Record<string, unknown>) =>
      readEvent(snapshotEvent(type, object, { account: 'acct_p' })).about
    expect([
      of('payout.paid', { id: 'po_1', object: 'payout' }),
      of('account.updated', { id: 'acct_p', object: 'account' }),
      of('account.application.deauthorized', { id: 'ca_1', object: 'application' }),
      of('charge.succeeded', { id: 'py_1', object: 'charge', payment_intent: null }),
    ]).toEqual([
      ref('payout', 'po_1', 'acct_p'),
      ref('payee-account', 'acct_p'),
      ref('payee-account', 'acct_p'),
      null,
    ])
  })
  it.each([
    ['no event', { object: 'charge', id: 'ch_1' }],
    ['text', 'evt'],
    ['an event without its object', { ...snapshotEvent('invoice.paid', {}), data: {} }],
  ])('refuses %s', (_, payload) => {
    expect(() => readEvent(payload)).toThrow(WebhookRefused)
  })
})

describe('readEvent of thin events', () => {
  it.each([
    ['v1.invoice.paid', { id: 'in_1', type: 'invoice' }, ref('invoice', 'in_1')],
    ['v1.charge.succeeded', { id: 'ch_1', type: 'charge' }, ref('payment', 'ch_1')],
    ['v1.setup_intent.succeeded', { id: 'seti_1', type: 'setup_intent' }, ref('payment-method', 'seti_1')],
    ['v1.invoice_payment.paid', { id: 'inpay_1', type: 'invoice_payment' }, ref('invoice', 'inpay_1')],
    [
      'v1.billing.meter.error_report_triggered',
      { id: 'mtr_1', type: 'billing.meter' },
      ref('notice', 'evt_test_61thinA'),
    ],
    ['v1.billing.meter.no_meter_found', null, ref('notice', 'evt_test_61thinA')],
    ['v2.core.health.event_generation_failure.resolved', null, ref('notice', 'evt_test_61thinA')],
    ['v2.core.account.created', { id: 'acct_1', type: 'v2.core.account' }, null],
  ] as const)('%s is about what is to be fetched', (type, related, about) => {
    expect(readEvent(thinEvent(type, related)).about).toEqual(about)
  })
  it('has the plain name of its snapshot', () => {
    expect(readEvent(thinEvent('v1.invoice.paid', { id: 'in_1', type: 'invoice' })).type).toBe('invoice.paid')
  })
  it('is one occurrence with its snapshot', () => {
    const thin = thinEvent(
      'v1.invoice.paid',
      { id: 'in_1', type: 'invoice' },
      { snapshot_event: 'evt_1QsnapshotA' },
    )
    const snapshot = snapshotEvent('invoice.paid', { id: 'in_1', object: 'invoice' })
    expect(readEvent(thin).dedupeId).toBe(readEvent(snapshot).dedupeId)
  })
  it('names the payee in an organisation’s context', () => {
    const payout = thinEvent(
      'v1.payout.paid',
      { id: 'po_1', type: 'payout' },
      { context: 'acct_us/acct_payee' },
    )
    expect(readEvent(payout)).toMatchObject({ account: 'acct_payee', about: { accountId: 'acct_payee' } })
  })
})

describe('readBusEvents', () => {
  const event = snapshotEvent('invoice.paid', { id: 'in_1', object: 'invoice' })
  it('takes the event out of EventBridge’s envelope', () => {
    const envelope = {
      version: '0',
      source: 'aws.partner/stripe.com/x',
      'detail-type': 'invoice.paid',
      detail: event,
    }
    expect(readBusEvents(envelope)).toEqual([readEvent(event)])
  })
  it('takes the events out of a batch of Event Grid’s', () => {
    const envelope = { specversion: '1.0', id: '1', source: 'stripe', type: 'invoice.paid', data: event }
    expect(readBusEvents([envelope, envelope])).toHaveLength(2)
  })
  it('refuses a bare event: nobody vouches for it', () => {
    expect(() => readBusEvents(event)).toThrow(WebhookRefused)
  })
})

it('a kind of object that is new to us is not refused for what its fields hold', () => {
  const object = { id: 'new_1', object: 'something.new', invoice: { number: 'A-1' }, payment_method: 7 }
  expect(readEvent(snapshotEvent('something.new.made', object))).toMatchObject({ about: null })
})
