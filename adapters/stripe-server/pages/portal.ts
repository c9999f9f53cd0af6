import type { Invoice, PaymentMethod, Subscription } from '../engine/objects.ts'
import { attachMethod } from '../resources/payment-methods.ts'
import { portalSession } from '../resources/portal-sessions.ts'
import { type Store, StripeFailure, type StripeObject } from '../store.ts'
import { amountText, dateText } from './amount.ts'
import { cardFields, typedCard } from './card-form.ts'
import { html, type Markup, notFound, type PageAnswer, pageOf, redirectTo } from './html.ts'
import { perform } from './perform.ts'
import { type PageHandler, type PageRequest, typed } from './request.ts'

/** `/portal/:session`: a customer's subscriptions, card and invoices. */
export const portalPage: PageHandler = ({ store }, request) => {
  const session = portalSession(store, request.parts[0] ?? '')
  if (!session) return notFound()
  if (request.method !== 'POST') return overview(store, session)
  try {
    store.atomically(() => act(store, session, request))
    return redirectTo(`/portal/${session.id}`)
  } catch (error) {
    if (error instanceof StripeFailure) return overview(store, session, error.message)
    throw error
  }
}

function act(store: Store, session: StripeObject, request: PageRequest): void {
  const doing = request.parts[1]
  if (doing === 'card') {
    changeCard(store, String(session.customer), request)
    return
  }
  const id = typed(request, 'subscription')
  if (store.get(id)?.customer !== session.customer) throw notYours()
  const ends = doing === 'cancel' ? 'true' : 'false'
  perform(store, { method: 'POST', path: `/v1/subscriptions/${id}`, params: { cancel_at_period_end: ends } })
}

function changeCard(store: Store, customer: string, request: PageRequest): void {
  const { id } = attachMethod(store, typedCard(store, request), customer)
  const settings = { default_payment_method: id }
  perform(store, {
    method: 'POST',
    path: `/v1/customers/${customer}`,
    params: { invoice_settings: settings },
  })
  for (const subscription of living(store, customer)) {
    perform(store, { method: 'POST', path: `/v1/subscriptions/${subscription.id}`, params: settings })
  }
}

function overview(store: Store, session: StripeObject, error?: string): PageAnswer {
  const customer = String(session.customer)
  const back = session.return_url as string | null
  const name = store.get(customer)?.name
  const blank = { name: typeof name === 'string' ? name : '', country: 'US', expiry: '' }
  const body = html`${error ? html`<p class="error" role="alert">${error}</p>` : null}
<h2>Subscriptions</h2>
${living(store, customer).map((subscription) => subscriptionPart(store, session.id, subscription))}
<h2>Payment method</h2>
<p>${cardText(store, customer)}</p>
<form method="post" action="/portal/${session.id}/card">
${cardFields(blank)}
<button type="submit">Use this card</button>
</form>
<h2>Invoices</h2>
<table>
<thead><tr><th scope="col">Invoice</th><th scope="col">State</th><th scope="col" class="money">Amount</th></tr></thead>
<tbody>${invoicesOf(store, customer).map(invoiceRow)}</tbody>
</table>
${back ? html`<a class="button quiet" href="${back}">Back</a>` : null}`
  return pageOf({ title: 'Your billing', body, status: error ? 402 : 200 })
}

function subscriptionPart(store: Store, session: string, subscription: Subscription): Markup {
  const ends = subscription.cancel_at_period_end
  const items = subscription.items.data.map(({ price }) => String(store.get(price.product)?.name ?? price.id))
  const until = dateText(subscription.items.data[0]?.current_period_end ?? 0)
  return html`<p><strong>${items.join(', ')}</strong>: ${subscription.status}, ${ends ? 'ends' : 'renews'} on ${until}</p>
<form method="post" action="/portal/${session}/${ends ? 'resume' : 'cancel'}">
<input type="hidden" name="subscription" value="${subscription.id}">
<button type="submit" class="quiet">${ends ? 'Keep the subscription' : 'Cancel at the end of the period'}</button>
</form>`
}

function invoiceRow(invoice: Invoice): Markup {
  return html`<tr><td><a href="/invoice/${invoice.id}">${invoice.number ?? invoice.id}</a></td>
<td>${invoice.status}</td><td class="money">${amountText(invoice.total, invoice.currency)}</td></tr>`
}

function cardText(store: Store, customer: string): string {
  const settings = store.get(customer)?.invoice_settings as
    | { default_payment_method?: string | null }
    | undefined
  const used = living(store, customer)[0]?.default_payment_method ?? settings?.default_payment_method
  const method = used ? (store.get(used) as PaymentMethod | undefined) : undefined
  return method?.card ? `${method.card.brand} ending in ${method.card.last4}` : 'None yet'
}

function living(store: Store, customer: string): Subscription[] {
  const all = store.all('subscription') as readonly Subscription[]
  const over = ['canceled', 'incomplete_expired']
  return all.filter((each) => each.customer === customer && !over.includes(each.status))
}

function invoicesOf(store: Store, customer: string): Invoice[] {
  const all = store.all('invoice') as readonly Invoice[]
  return all.filter((each) => each.customer === customer && each.status !== 'draft').toReversed()
}

function notYours(): StripeFailure {
  return new StripeFailure(404, { type: 'invalid_request_error' }, 'There is no such subscription.')
}
