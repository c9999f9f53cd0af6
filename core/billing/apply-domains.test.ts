import { count } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type BillingDesk, openBillingDesk } from '../../adapters/local/testing/billing-desk.ts'
import { dunningCases, ledgerTransactions } from '../database/schema.ts'
import { DOMAINS } from './apply-domains.ts'
import type { ProviderObject } from './provider-objects.ts'
import {
  aCheckout,
  aCustomer,
  aCustomerRow,
  aDispute,
  aFailedAttempt,
  aNotice,
  anInvoice,
  aPayeeAccount,
  aPayment,
  aPaymentMethod,
  aPayout,
  aPrice,
  aProduct,
  aRefund,
  aSubscription,
  aTransfer,
  customerId,
  gone,
  later,
} from './testing/objects.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk(DOMAINS)
})
afterAll(() => desk[Symbol.asyncDispose]())
beforeEach(async () => {
  await desk.clear()
  await aCustomerRow(desk.ports.db, { id: customerId(1), userId: await desk.aUser() })
})

const ALL: readonly ProviderObject[] = [
  ...[aProduct(), aPrice(), aCustomer(), aPaymentMethod(), aCheckout(), aSubscription(), anInvoice()],
  ...[aPayment(), aRefund(), aDispute(), aPayout(), aTransfer(), aPayeeAccount(), aNotice()],
]
const casesOpen = async () => (await desk.ports.db.select().from(dunningCases)).map(({ stage }) => stage)
const booked = async () => (await desk.ports.db.select({ n: count() }).from(ledgerTransactions))[0]?.n ?? 0

it.each(ALL)('a $kind passes through all domains, twice, and so does that it is gone', async (object) => {
  await desk.apply(object)
  await desk.apply(object)
  await expect(desk.apply(gone(object.kind, object.id))).resolves.toBeUndefined()
})
it('money that moved is in the ledger, once', async () => {
  const before = await booked()
  const objects = [anInvoice({ id: 'in_9' }), aPayment({ id: 'pi_9', invoiceId: 'in_9' })]
  for (const object of [...objects, ...objects]) await desk.apply(object)
  expect((await booked()) - before).toBe(2)
})
it('an invoice that could not be charged is collected', async () => {
  const failure = { code: 'card_declined', message: 'no' }
  await desk.apply(aSubscription({ status: 'past_due' }))
  await desk.apply(
    anInvoice({ status: 'open', attemptCount: 1, nextAttemptAt: later(3), lastFailure: failure }),
  )
  await desk.apply(aPayment({ status: 'requires_payment_method', attempts: [aFailedAttempt()] }))
  expect(await casesOpen()).toEqual(['retrying'])
})
