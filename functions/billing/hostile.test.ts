import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aCustomerRow, anInvoice } from '../../core/billing/testing/objects.ts'
import { idFromUuid, type UserId } from '../../core/run/id.ts'
import { type Caller, type Desk, openDesk } from './testing/desk.ts'

const STAFF = `usr_${'f'.repeat(32)}` as UserId
let desk: Desk
let me: Caller
let staff: Caller
beforeAll(async () => {
  desk = await openDesk({ config: { billingStaff: [STAFF] } })
  me = await desk.person()
  staff = await desk.person('staff@example.org', STAFF)
  const id = idFromUuid('bcu', desk.column.ports.ids.uuid())
  await aCustomerRow(desk.column.ports.db, { id, providerId: 'cus_1', userId: me.userId as UserId })
})
afterAll(() => desk[Symbol.asyncDispose]())

const cursor = (text: string) => btoa(text).replaceAll('=', '')

describe('a cursor of a time that no database has', () => {
  it.each(['invoices', 'payments'])('of %s is refused', async (list) => {
    const path = list === 'invoices' ? '/v1/invoices' : '/v1/billing/payments'
    expect(await me.refusal('GET', `${path}?cursor=${cursor(`${list}:999999999999999.in_1`)}`)).toMatch(
      /^422/,
    )
  })
})
describe('revenue', () => {
  it('of the year 0 is refused', async () => {
    const path = '/v1/billing/revenue?from=0000-01-01&to=0000-01-02&currency=eur'
    expect(await staff.refusal('GET', path)).toMatch(/^422|^200/)
  })
  it('is kept by no cache', async () => {
    const path = '/v1/billing/revenue?from=2026-01-01&to=2026-01-02&currency=eur'
    expect((await staff.call('GET', path)).headers['cache-control']).toBe('private, no-store')
  })
})
describe('an invoice', () => {
  it('of more units than 32 bits hold is written', async () => {
    const invoice = anInvoice({ id: 'in_big', customerId: 'cus_1' })
    const lines = invoice.lines.map((line) => ({ ...line, quantity: 3_000_000_000 }))
    await desk.put({ ...invoice, lines })
    expect((await me.call('GET', '/v1/invoices/in_big')).status).toBe(200)
  })
})
