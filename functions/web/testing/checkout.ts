import type { Page } from 'playwright-core'
import { expect, vi } from 'vitest'
import type { CheckoutStarted, PlanList } from '../../../core/billing/wire.ts'
import type { Person } from './pages.ts'

export const GOOD_CARD = '4242 4242 4242 4242'
export const DECLINED_CARD = '4000 0000 0000 0002'

/** Types a card into the Checkout page and sends it. */
export async function payWith(page: Page, number: string): Promise<void> {
  await page.waitForURL('**/pay/**')
  await page.getByLabel('Card number').fill(number)
  await page.getByLabel('Expiry (MM / YY)').fill('12 / 40')
  await page.getByLabel('CVC').fill('123')
  await page.getByLabel('Name on card').fill('Ada Lovelace')
  await page.getByLabel('Country').selectOption('DE')
  await page.getByRole('button', { name: /^(Subscribe|Start trial)$/ }).click()
}

/** Collects what the browser complains of: errors of scripts, and what the page's policy refused. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  return complaints
}

/** Somebody who pays for a plan already, without a browser. Answers the payment service's origin. */
export async function subscribed(
  { client }: Person,
  priceKey: string,
  { card = GOOD_CARD, ...more }: { card?: string; organisationId?: string } = {},
): Promise<string> {
  const { items } = (await client.call('GET', '/v1/plans')).body as PlanList
  const price = items.flatMap((plan) => plan.prices).find(({ key }) => key === priceKey)
  const headers = {
    authorization: `Bearer ${client.token}`,
    'content-type': 'application/json',
    'idempotency-key': `key-${priceKey}`,
  }
  const body = JSON.stringify({ priceId: price?.id, currency: 'eur', ...more })
  const answer = await fetch(`${client.origin}/v1/subscribe`, { method: 'POST', headers, body })
  const { checkoutUrl, operationId } = (await answer.json()) as CheckoutStarted
  const typed = {
    email: 'ada@example.org',
    number: card,
    expiry: '12 / 40',
    cvc: '123',
    name: 'Ada',
    country: 'DE',
  }
  await fetch(checkoutUrl, { method: 'POST', body: new URLSearchParams(typed), redirect: 'manual' })
  const paid = async () => {
    const { body } = await client.call('GET', `/v1/billing/checkout/${operationId}`)
    expect(body).toMatchObject({ status: 'paid' })
  }
  await vi.waitFor(paid, { timeout: 30_000, interval: 100 })
  return new URL(checkoutUrl).origin
}

/** Lets something happen at the payment service: `advance`, `decline` ... */
export async function atPaymentService(
  origin: string,
  what: string,
  fields: Readonly<Record<string, string>>,
): Promise<void> {
  const answer = await fetch(`${origin}/_skyreel/${what}`, {
    method: 'POST',
    body: new URLSearchParams(fields),
  })
  if (!answer.ok) throw new Error(`${what} answered ${answer.status}: ${await answer.text()}`)
}
