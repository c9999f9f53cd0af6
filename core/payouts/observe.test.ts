import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type BillingDesk, openBillingDesk } from '../../adapters/local/testing/billing-desk.ts'
import { DOMAINS } from '../billing/apply-domains.ts'
import {
  aCustomerRow,
  aPayeeAccount,
  aPayout,
  aTransfer,
  customerId,
  gone,
} from '../billing/testing/objects.ts'
import type { PayeeTransferId } from '../run/id.ts'
import { ACCOUNT_CLOSED, payeeStatus } from './model.ts'
import { payees, payeeTransfers, payouts } from './schema.ts'
import { anAskedTransfer, aPayeeRow } from './testing/rows.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk(DOMAINS)
})
afterAll(() => desk[Symbol.asyncDispose]())
beforeEach(async () => {
  await desk.clear()
  for (const table of [payees, payeeTransfers, payouts]) await desk.ports.db.delete(table)
  await aCustomerRow(desk.ports.db, { id: ADA, userId: await desk.aUser() })
})

const ADA = customerId(1)
const aPayee = (facts: Parameters<typeof aPayeeRow>[1] = {}) => aPayeeRow(desk.ports, facts)
const asked = async (facts: Parameters<typeof anAskedTransfer>[1] = {}) =>
  (await anAskedTransfer(desk.ports, facts)).id
const payee = async () => (await desk.ports.db.select().from(payees))[0]
const stateOf = async (id: PayeeTransferId) => {
  const [row] = await desk.ports.db.select().from(payeeTransfers).where(eq(payeeTransfers.id, id))
  return row && [row.state, row.providerId, row.reversedMinor]
}

describe('a payout', () => {
  it('is written with its payee’s account as it last was', async () => {
    await desk.apply(aPayout({ accountId: 'acct_1', status: 'in_transit' }))
    await desk.apply(aPayout({ accountId: 'acct_1', status: 'paid' }))
    const rows = await desk.ports.db.select().from(payouts)
    expect(rows.map(({ id, accountId, status }) => [id, accountId, status])).toEqual([
      ['po_1', 'acct_1', 'paid'],
    ])
  })
  it('of our own has no account', async () => {
    await desk.apply(aPayout())
    expect((await desk.ports.db.select().from(payouts)).map(({ accountId }) => accountId)).toEqual([''])
  })
  it('that failed is told of once', async () => {
    const failed = aPayout({ accountId: 'acct_1', status: 'failed', failureCode: 'account_closed' })
    for (const payout of [failed, failed]) await desk.apply(payout)
    expect(desk.toldOf('billing.payout.failed')).toEqual([
      { provider: 'stripe', payoutId: 'po_1', accountId: 'acct_1' },
    ])
  })
  it('that arrived is not told of', async () => {
    await desk.apply(aPayout({ accountId: 'acct_1' }))
    expect(desk.told()).toEqual([])
  })
})

describe('a transfer', () => {
  it('whose answer was lost is sent by what its webhook tells', async () => {
    const id = await asked()
    await desk.apply(aTransfer({ reference: id }))
    expect(await stateOf(id)).toEqual(['sent', 'tr_1', 0])
  })
  it('that was taken back in part is sent still', async () => {
    const id = await asked({ state: 'sent', providerId: 'tr_1' })
    await desk.apply(aTransfer({ reference: id, reversedMinor: 200 }))
    expect(await stateOf(id)).toEqual(['sent', 'tr_1', 200])
  })
  it('that was taken back as a whole is reversed', async () => {
    const id = await asked({ state: 'sent', providerId: 'tr_1' })
    await desk.apply(aTransfer({ reference: id, reversedMinor: 500 }))
    expect(await stateOf(id)).toEqual(['reversed', 'tr_1', 500])
  })
  it('that was believed to be refused is sent where the provider has it', async () => {
    const id = await asked({ state: 'refused', refusal: 'no' })
    await desk.apply(aTransfer({ reference: id }))
    expect(await stateOf(id)).toEqual(['sent', 'tr_1', 0])
  })
  it.each([
    ['amount', { amountMinor: 501 }],
    ['payee', { accountId: 'acct_2' }],
  ])('of another %s does not take the place of the one that was asked for', async (_, facts) => {
    const id = await asked()
    await desk.apply(aTransfer({ reference: id, ...facts }))
    expect(await stateOf(id)).toEqual(['asked', null, 0])
  })
  it('that was made twice under one reference is told to the operator', async () => {
    const id = await asked({ state: 'sent', providerId: 'tr_1' })
    await desk.apply(aTransfer({ id: 'tr_2', reference: id }))
    const about = desk.log.lines.filter(({ fields }) => fields.reference === id)
    expect(about).toMatchObject([{ level: 'error', fields: { transfer: 'tr_2' } }])
  })
})

describe('a payee’s account', () => {
  it('is written as it stands', async () => {
    await aPayee()
    await desk.apply(aPayeeAccount({ payoutsEnabled: false, requirements: ['external_account'] }))
    expect(await payee()).toMatchObject({ payoutsEnabled: false, requirements: ['external_account'] })
  })
  it('whose making was not answered is found by our customer', async () => {
    await aPayee({ accountId: null })
    await desk.apply(aPayeeAccount({ id: 'acct_9', reference: ADA }))
    expect(await payee()).toMatchObject({ accountId: 'acct_9', payoutsEnabled: true })
  })
  it('of a customer without a row makes them a payee', async () => {
    await desk.apply(aPayeeAccount({ reference: ADA }))
    expect(await payee()).toMatchObject({ customerId: ADA, accountId: 'acct_1', country: 'DE' })
  })
  it('of nobody that we know is left alone', async () => {
    await desk.apply(aPayeeAccount({ reference: customerId(2) }))
    expect(await payee()).toBeUndefined()
  })
  it('does not take the place of one that is open', async () => {
    await aPayee()
    await desk.apply(aPayeeAccount({ id: 'acct_2', reference: ADA }))
    expect((await payee())?.accountId).toBe('acct_1')
  })
  it('that is gone is closed and keeps its country', async () => {
    await aPayee({ payoutsEnabled: true })
    await desk.apply(gone('payee-account', 'acct_1'))
    const row = await payee()
    expect([row && payeeStatus(row), row?.country]).toEqual(['closed', 'DE'])
  })
  it('takes the place of one that is closed, whose payouts stay', async () => {
    await aPayee({ requirements: [ACCOUNT_CLOSED] })
    await desk.apply(aPayeeAccount({ id: 'acct_2', reference: ADA }))
    expect(await payee()).toMatchObject({ accountId: 'acct_2', formerAccountIds: ['acct_1'] })
  })
})
