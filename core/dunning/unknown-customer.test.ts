import { expect, it } from 'vitest'
import { NO_DOMAINS, openBillingDesk } from '../../adapters/local/testing/billing-desk.ts'
import { unpaid } from '../../adapters/local/testing/dunning-desk.ts'
import { aCustomer, aCustomerRow, aSubscription, customerId } from '../billing/testing/objects.ts'
import { observeDispute, observeInvoice, observeSubscription } from './observe.ts'

const dunning = { invoice: observeInvoice, subscription: observeSubscription, dispute: observeDispute }

/** A case that was opened before the customer of it was known. */
async function opened() {
  const desk = await openBillingDesk({ ...NO_DOMAINS, dunning })
  await desk.apply(aSubscription({ status: 'past_due' }))
  await desk.apply(unpaid())
  return desk
}

it('a case of a customer whom nobody knows yet tells nobody', async () => {
  await using desk = await opened()
  expect(desk.toldOf('billing.dunning.started')).toEqual([])
})
it('a case tells that it was opened once its customer is known, once', async () => {
  await using desk = await opened()
  await aCustomerRow(desk.ports.db, { id: customerId(1), userId: await desk.aUser() })
  await desk.apply(aCustomer())
  await desk.apply(aCustomer())
  expect(desk.toldOf('billing.dunning.started')).toMatchObject([
    { customerId: customerId(1), subscriptionId: 'sub_1', invoiceId: 'in_1' },
  ])
})
