import type { MemoryStore } from '../memory-store.ts'
import { type Buyer, completeLater, completeSession, wantsApproval } from '../resources/checkout-complete.ts'
import type { CheckoutLine } from '../resources/checkout-lines.ts'
import type { CheckoutSession } from '../resources/checkout-sessions.ts'
import { StripeFailure, type StripeObject } from '../store.ts'
import { amountText } from './amount.ts'
import { cardFields, typedCard } from './card-form.ts'
import { html, type Markup, notFound, type PageAnswer, pageOf, redirectTo } from './html.ts'
import { type PageHandler, type PageRequest, typed } from './request.ts'

interface At {
  readonly store: MemoryStore
  readonly session: CheckoutSession
  readonly request: PageRequest
}

/** `/pay/:session`, and `/pay/:session/approve` for cards whose owner is asked by the bank. */
export const payPage: PageHandler = ({ store }, request) => {
  const [id = '', step] = request.parts
  const session = store.get(id) as CheckoutSession | undefined
  if (session?.object !== 'checkout.session') return notFound()
  if (session.status === 'complete') return redirectTo(successOf(session))
  if (session.status === 'expired' || session.expires_at <= store.now()) return over(session)
  const sent = request.method === 'POST'
  const at = { store, session, request }
  if (step === 'approve') return sent ? decide(at) : askApproval(session)
  if (step !== undefined) return notFound()
  return sent ? take(at) : form(at)
}

function decide(at: At): PageAnswer {
  const { store, session, request } = at
  const method = store.get(session._method ?? '')
  if (!method) return redirectTo(`/pay/${session.id}`)
  if (typed(request, 'approve') !== 'yes') {
    return form(at, 'Your bank was not given the approval that it asked for.')
  }
  return orAgain(at, () => finish(at, { method, buyer: session._buyer as Buyer }))
}

function take(at: At): PageAnswer {
  const { store, session, request } = at
  return orAgain(at, () => {
    const method = store.atomically(() => typedCard(store, request))
    const buyer = buyerOf(session, request)
    if (session.mode === 'payment' && typed(request, 'by') === 'debit') {
      store.atomically(() => completeLater(store, session, { method, buyer }))
      return redirectTo(`/pay/${session.id}`)
    }
    if (!wantsApproval(method)) return finish(at, { method, buyer })
    store.put({ ...session, _method: method.id, _buyer: buyer })
    return redirectTo(`/pay/${session.id}/approve`)
  })
}

function finish({ store, session }: At, by: { method: StripeObject; buyer: Buyer }): PageAnswer {
  store.atomically(() => completeSession(store, session, by))
  return redirectTo(`/pay/${session.id}`)
}

// What a bank or the API refuses is said above the form, which can be sent again.
function orAgain(at: At, work: () => PageAnswer): PageAnswer {
  try {
    return work()
  } catch (error) {
    if (error instanceof StripeFailure) return form(at, error.message)
    throw error
  }
}

function form({ store, session, request }: At, error?: string): PageAnswer {
  const customer = session.customer ? store.get(session.customer) : undefined
  const before = (name: string, otherwise: unknown) =>
    typed(request, name) || (typeof otherwise === 'string' ? otherwise : '')
  const email = before('email', customer?.email ?? session.customer_email)
  const fields = {
    name: before('name', customer?.name),
    country: before('country', 'US'),
    expiry: before('expiry', ''),
  }
  const body = html`${summary(session)}
${error ? html`<p class="error" role="alert">${error}</p>` : null}
<form method="post" action="/pay/${session.id}">
<label for="email">E-mail</label>
<input id="email" name="email" type="email" autocomplete="email" required value="${email}">
${cardFields(fields)}
<button type="submit">${buttonText(session)}</button>
${session.mode === 'payment' ? html`<button type="submit" name="by" value="debit" class="quiet">Pay by bank debit, settled later</button>` : null}
${session.cancel_url ? html`<a class="button quiet" href="${session.cancel_url}">Cancel</a>` : null}
</form>`
  return pageOf({ title: 'Pay', body, status: error ? 402 : 200, leadsTo: [session.success_url] })
}

function summary(session: CheckoutSession): Markup {
  if (session.mode === 'setup') return html`<p>Save a card for later payments.</p>`
  const trial = trialDays(session)
  return html`<table>
<thead><tr><th scope="col">What</th><th scope="col" class="money">Amount</th></tr></thead>
<tbody>${session.line_items.data.map(lineRow)}</tbody>
<tfoot><tr><th scope="row">Due today</th><td class="money">${due(session)}</td></tr></tfoot>
</table>
${trial ? html`<p>Free for ${trial} days, then as above until you cancel.</p>` : null}`
}

function lineRow({ description, quantity, price, amount_total: amount, currency }: CheckoutLine): Markup {
  const every = price.recurring ? ` per ${price.recurring.interval}` : ''
  const metered = price.recurring?.usage_type === 'metered'
  const cost = metered ? 'by use' : `${amountText(amount, currency)}${every}`
  const count = quantity && quantity > 1 ? ` × ${quantity}` : ''
  return html`<tr><td>${description}${count}</td><td class="money">${cost}</td></tr>`
}

function due({ amount_total: amount, currency }: CheckoutSession): string {
  return amountText(amount ?? 0, currency ?? 'usd')
}

function buttonText(session: CheckoutSession): string {
  if (session.mode === 'setup') return 'Save card'
  if (session.mode === 'payment') return `Pay ${due(session)}`
  return trialDays(session) ? 'Start trial' : 'Subscribe'
}

function trialDays({ _data: data }: CheckoutSession): number {
  const of = data.subscription_data
  return of && typeof of === 'object' && !Array.isArray(of) ? Number(of.trial_period_days ?? 0) : 0
}

function askApproval(session: CheckoutSession): PageAnswer {
  const body = html`<p>Your bank asks you to approve the payment of ${due(session)} (3-D Secure).</p>
<form method="post" action="/pay/${session.id}/approve">
<button type="submit" name="approve" value="yes">Approve</button>
<button type="submit" name="approve" value="no" class="quiet">Refuse</button>
</form>`
  return pageOf({ title: 'Approve the payment', body, leadsTo: [session.success_url] })
}

function over(session: CheckoutSession): PageAnswer {
  const body = html`<p>The time to pay is over.</p>
${session.cancel_url ? html`<a class="button" href="${session.cancel_url}">Back</a>` : null}`
  return pageOf({ title: 'Too late', body, status: 410 })
}

function buyerOf(session: CheckoutSession, request: PageRequest): Buyer {
  const email = typed(request, 'email') || (session.customer_email ?? '')
  return { email, name: typed(request, 'name'), country: typed(request, 'country') || 'US' }
}

function successOf({ success_url: url, id }: CheckoutSession): string {
  return (url ?? '/').replaceAll('{CHECKOUT_SESSION_ID}', id)
}
