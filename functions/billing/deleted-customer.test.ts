import { afterAll, beforeAll, expect, it } from 'vitest'
import { aCustomerRow, anInvoice, aPayment, aSubscription } from '../../core/billing/testing/objects.ts'
import { idFromUuid, type UserId } from '../../core/run/id.ts'
import { type Caller, type Desk, openDesk } from './testing/desk.ts'

let desk: Desk
let me: Caller
beforeAll(async () => {
  desk = await openDesk()
  me = await desk.person()
  const id = idFromUuid('bcu', desk.column.ports.ids.uuid())
  await aCustomerRow(desk.column.ports.db, { id, providerId: 'cus_1', userId: me.userId as UserId })
  await desk.put(aSubscription(), anInvoice(), aPayment(), {
    gone: true,
    kind: 'customer',
    id: 'cus_1',
    accountId: null,
  })
})
afterAll(() => desk[Symbol.asyncDispose]())

it.each(['/v1/invoices', '/v1/billing/payments', '/v1/subscriptions'])(
  '%s still shows what a customer paid whom the provider has deleted',
  async (path) => {
    expect((await me.get<{ items: unknown[] }>(path)).items).toHaveLength(1)
  },
)
