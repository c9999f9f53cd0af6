import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { aCustomerRow, aPayment } from '../../core/billing/testing/objects.ts'
import { type PaymentProvider, PaymentUnavailable } from '../../core/ports/payments.ts'
import { idFromUuid, type UserId } from '../../core/run/id.ts'
import { NotSupported } from '../../core/run/not-supported.ts'
import { type Caller, type Desk, openDesk } from './testing/desk.ts'
import { aKey } from './testing/shop.ts'

const STAFF: UserId = idFromUuid('usr', 'f'.repeat(32))
const HOUR = 3_600_000

let desk: Desk
let staff: Caller
let fails: Error
let payments = 0
beforeAll(async () => {
  const provider = { name: 'stripe', refund: () => Promise.reject(fails) } as unknown as PaymentProvider
  const ports = { payments: { primary: 'stripe', of: () => provider } as const }
  desk = await openDesk({ config: { billingStaff: [STAFF] }, ports })
  staff = await desk.person('staff@example.org', STAFF)
  const id = idFromUuid('bcu', desk.column.ports.ids.uuid())
  await aCustomerRow(desk.column.ports.db, { id, providerId: 'cus_1', userId: STAFF })
})
beforeEach(async () => {
  payments += 1
  await desk.put(aPayment({ id: `pi_${payments}`, customerId: 'cus_1' }))
})
afterAll(() => desk[Symbol.asyncDispose]())

const refundAll = async (key = aKey()) =>
  (
    await staff.keyed<{ code: string }>(key, 'POST', `/v1/billing/payments/pi_${payments}/refunds`, {
      reason: 'duplicate',
    })
  ).body.code

describe('a refund that the provider cannot make', () => {
  it('does not stand in the way of the next one', async () => {
    fails = new NotSupported('refunds are not written for this provider')
    expect([await refundAll(), await refundAll()]).toEqual(['not-supported', 'not-supported'])
  })
})
describe('a refund whose answer was lost', () => {
  it('stands in the way of another one that day', async () => {
    fails = new PaymentUnavailable('timeout')
    expect([await refundAll(), await refundAll()]).toEqual(['payments-unavailable', 'refund-too-large'])
  })
  it('gives way to another key when the provider has forgotten it', async () => {
    fails = new PaymentUnavailable('timeout')
    const key = aKey()
    await refundAll(key)
    desk.column.clock.advance(25 * HOUR)
    expect([await refundAll(key), await refundAll()]).toEqual(['outcome-unknown', 'payments-unavailable'])
  })
})
