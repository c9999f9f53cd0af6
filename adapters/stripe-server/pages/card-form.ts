import { methodOfNumber } from '../resources/payment-methods.ts'
import { type Store, StripeFailure, type StripeObject } from '../store.ts'
import { html, type Markup } from './html.ts'
import { type PageRequest, typed } from './request.ts'

const COUNTRIES = [
  'US',
  'AT',
  'AU',
  'BE',
  'CA',
  'CH',
  'DE',
  'ES',
  'FR',
  'GB',
  'IE',
  'IT',
  'JP',
  'NL',
  'PL',
  'SE',
]
const HINT =
  '4242 4242 4242 4242 pays; 4000 0000 0000 0002 is declined; 4000 0027 6000 3184 asks for approval.'

/** Fields of a card and its owner, with what was typed before. The card's number and CVC are never sent back. */
export function cardFields(before: { name: string; country: string; expiry: string }): Markup {
  return html`<label for="number">Card number</label>
<input id="number" name="number" inputmode="numeric" autocomplete="cc-number" required value="4242 4242 4242 4242" aria-describedby="number-hint">
<p class="hint" id="number-hint">${HINT}</p>
<div class="pair">
<div><label for="expiry">Expiry (MM / YY)</label>
<input id="expiry" name="expiry" autocomplete="cc-exp" required placeholder="12 / 34" value="${before.expiry}"></div>
<div><label for="cvc">CVC</label>
<input id="cvc" name="cvc" inputmode="numeric" autocomplete="cc-csc" required></div>
</div>
<label for="name">Name on card</label>
<input id="name" name="name" autocomplete="cc-name" required value="${before.name}">
<label for="country">Country</label>
<select id="country" name="country" autocomplete="country">${COUNTRIES.map((code) => countryOption(code, before.country))}</select>`
}

/** The payment method of what was typed. Throws a 402 that says which field is wrong, as a bank would. */
export function typedCard(store: Store, request: PageRequest): StripeObject {
  const expires = expiryOf(typed(request, 'expiry'))
  if (!expires)
    throw refused('invalid_expiry_month', 'The expiry must be a month and a year, such as 12 / 34.')
  if (isPast(expires, store.now())) throw refused('expired_card', 'The card has expired.')
  if (!/^\d{3,4}$/.test(typed(request, 'cvc')))
    throw refused('invalid_cvc', 'The CVC must have three or four digits.')
  const billing = { name: typed(request, 'name'), address: { country: typed(request, 'country') } }
  const method = methodOfNumber(store, typed(request, 'number').replaceAll(/\D/g, ''), { expires, billing })
  if (method) return method
  throw refused('test_mode_live_card', 'Only test cards work here, such as 4242 4242 4242 4242.')
}

function countryOption(code: string, chosen: string): Markup {
  return code === chosen
    ? html`<option value="${code}" selected>${code}</option>`
    : html`<option value="${code}">${code}</option>`
}

function expiryOf(text: string): { month: number; year: number } | undefined {
  const found = /^(\d{1,2})\s*\/\s*(?:20)?(\d{2})$/.exec(text)
  const month = Number(found?.[1])
  return found && month >= 1 && month <= 12 ? { month, year: 2000 + Number(found[2]) } : undefined
}

// A card is good to the end of its month.
function isPast({ month, year }: { month: number; year: number }, now: number): boolean {
  return Date.UTC(year, month, 1) / 1000 <= now
}

function refused(code: string, message: string): StripeFailure {
  return new StripeFailure(402, { type: 'card_error', code }, message)
}
