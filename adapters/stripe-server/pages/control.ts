import * as happen from '../engine/happen.ts'
import { TEST_CARDS } from '../engine/test-cards.ts'
import { settleSession } from '../resources/checkout-later.ts'
import { failConnectedPayout } from '../resources/connected-payouts.ts'
import { existing } from '../resources/fields.ts'
import { attachMethod, expiryOf, makeCardMethod } from '../resources/payment-methods.ts'
import { type Store, StripeFailure } from '../store.ts'
import { html, type Markup, notFound, type PageAnswer, pageOf } from './html.ts'
import { perform } from './perform.ts'
import { type PageHandler, type PageRequest, type PageUses, typed } from './request.ts'

type Doing = (uses: PageUses, request: PageRequest) => void

/** What happens outside of the API: time, banks, and people in Stripe's dashboard. */
const DOINGS: Readonly<Record<string, { fields: readonly string[]; run: Doing }>> = {
  advance: {
    fields: ['days'],
    run: ({ store, advance }, request) => {
      const days = Number(typed(request, 'days') || '0')
      if (!Number.isInteger(days) || days < 0 || days > 400)
        throw bad('days must be a whole number up to 400')
      advance(new Date((store.now() + days * 24 * 3600) * 1000))
    },
  },
  decline: {
    fields: ['customer'],
    run: ({ store }, request) => useFailingCard(store, typed(request, 'customer')),
  },
  dispute: {
    fields: ['charge', 'reason'],
    run: ({ store }, request) =>
      happen.openDispute(store, typed(request, 'charge'), typed(request, 'reason') || 'fraudulent'),
  },
  'close-dispute': {
    fields: ['dispute', 'outcome'],
    run: ({ store }, request) =>
      happen.closeDispute(
        store,
        typed(request, 'dispute'),
        typed(request, 'outcome') === 'won' ? 'won' : 'lost',
      ),
  },
  'settle-checkout': {
    fields: ['session', 'outcome'],
    run: ({ store }, request) => {
      const outcome = typed(request, 'outcome') === 'failed' ? 'failed' : 'paid'
      settleSession(store, typed(request, 'session'), outcome)
    },
  },
  'fail-payout': {
    fields: ['payout'],
    run: ({ store }, request) => failPayout(store, typed(request, 'payout')),
  },
  'fail-refund': {
    fields: ['refund'],
    run: ({ store }, request) => happen.failRefund(store, typed(request, 'refund')),
  },
  'pay-elsewhere': {
    fields: ['invoice'],
    run: ({ store }, request) => happen.payOutOfBand(store, typed(request, 'invoice')),
  },
}

/** `/_skyreel`: forms for each of these; `POST /_skyreel/:what` with the same fields, for scripts. */
export const controlPage: PageHandler = (uses, request) => {
  const name = request.parts[0]
  if (name === undefined) return overview(uses)
  const doing = Object.hasOwn(DOINGS, name) ? DOINGS[name] : undefined
  if (!doing || request.method !== 'POST') return notFound()
  uses.store.atomically(() => doing.run(uses, request))
  return overview(uses, `Done: ${name}`)
}

function overview({ store }: PageUses, said?: string): PageAnswer {
  const now = new Date(store.now() * 1000).toISOString()
  const body = html`<p>The server's time is ${now}.</p>
${said ? html`<p role="status">${said}</p>` : null}
${Object.entries(DOINGS).map(([name, { fields }]) => formOf(name, fields))}`
  return pageOf({ title: 'Make it happen', body })
}

function formOf(name: string, fields: readonly string[]): Markup {
  const inputs = fields.map(
    (field) =>
      html`<label for="${name}-${field}">${field}</label><input id="${name}-${field}" name="${field}">`,
  )
  return html`<h2>${name}</h2><form method="post" action="/_skyreel/${name}">${inputs}<button type="submit">${name}</button></form>`
}

function failPayout(store: Store, id: string): void {
  if (!failConnectedPayout(store, id)) happen.failPayout(store, id)
}

// From now on each charge of the customer is declined, as when a card has run out of money.
function useFailingCard(store: Store, customerId: string): void {
  const customer = existing(store, 'customer', customerId, 'customer')
  const card = TEST_CARDS.find(({ token }) => token === 'pm_card_chargeCustomerFail')
  if (!card) throw new Error('the failing test card is missing')
  const { id } = attachMethod(store, makeCardMethod(store, { card, expires: expiryOf(store) }), customer.id)
  const method = { default_payment_method: id }
  perform(store, {
    method: 'POST',
    path: `/v1/customers/${customer.id}`,
    params: { invoice_settings: method },
  })
  for (const { id: subscription, customer: of, status } of store.all('subscription')) {
    if (of !== customer.id || status === 'canceled' || status === 'incomplete_expired') continue
    perform(store, { method: 'POST', path: `/v1/subscriptions/${subscription}`, params: method })
  }
}

function bad(message: string): StripeFailure {
  return new StripeFailure(400, { type: 'invalid_request_error' }, message)
}
