import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { openTestColumn, type TestColumn } from '../../adapters/local/testing/column.ts'
import { PaymentRefused, PaymentUnavailable } from '../ports/payments.ts'
import { NotSupported } from '../run/not-supported.ts'
import { payeeTransfers } from './schema.ts'
import { resendTransfers, sendTransfer } from './send.ts'
import type { TransferRow } from './store.ts'
import { anAskedTransfer } from './testing/rows.ts'
import { type TransferProvider, transferProvider } from './testing/transfer-provider.ts'

let column: TestColumn
let provider: TransferProvider
beforeAll(async () => {
  column = await openTestColumn()
})
afterAll(() => column[Symbol.asyncDispose]())
beforeEach(async () => {
  await column.ports.db.delete(payeeTransfers)
  provider = transferProvider(column.clock)
})

const MINUTE_MS = 60_000
const uses = () => ({ ...column.ports, payments: provider })
const resend = () => resendTransfers(uses(), column.ctx)
const send = (row: TransferRow) => sendTransfer(uses(), column.ctx, row)
const asked = () => anAskedTransfer(column.ports)
const now = async ({ id }: TransferRow) => {
  const [row] = await column.ports.db.select().from(payeeTransfers).where(eq(payeeTransfers.id, id))
  return row && [row.state, row.providerId, row.refusal]
}
/** The first call gets as far as that, and no further. */
function firstFails(when: 'before' | 'after', error: Error): void {
  provider[when] = async () => {
    provider[when] = async () => undefined
    throw error
  }
}
const lost = new PaymentUnavailable('the line is cut')

it('a transfer is sent under our reference', async () => {
  const row = await asked()
  await send(row)
  expect([await now(row), provider.sent[0]?.reference]).toEqual([['sent', 'tr_1', null], row.id])
})
it.each(['before', 'after'] as const)('an answer lost %s the provider did it costs nothing', async (when) => {
  const row = await asked()
  firstFails(when, lost)
  await send(row)
  column.clock.advance(2 * MINUTE_MS)
  await resend()
  expect([await now(row), provider.sent.length]).toEqual([['sent', 'tr_1', null], 1])
})
it.each(['before', 'after'] as const)('a process that ends %s the call is taken up', async (when) => {
  const row = await asked()
  firstFails(when, new Error('the process ends'))
  await expect(send(row)).rejects.toThrow('the process ends')
  column.clock.advance(2 * MINUTE_MS)
  await resend()
  expect([await now(row), provider.sent.length]).toEqual([['sent', 'tr_1', null], 1])
})
it('a lost answer is found by our reference when the provider has forgotten the key', async () => {
  const row = await asked()
  firstFails('after', lost)
  await send(row)
  column.clock.advance(30 * 60 * MINUTE_MS)
  await resend()
  expect([await now(row), provider.sent.length]).toEqual([['sent', 'tr_1', null], 1])
})
it('a transfer that never arrived is sent after days, too', async () => {
  const row = await asked()
  firstFails('before', lost)
  await send(row)
  column.clock.advance(72 * 60 * MINUTE_MS)
  await resend()
  expect([await now(row), provider.sent.length]).toEqual([['sent', 'tr_1', null], 1])
})
it('what was asked for just now is left to whoever asked', async () => {
  const row = await asked()
  await resend()
  expect(await now(row)).toEqual(['asked', null, null])
})
it('runs at once send it once', async () => {
  await asked()
  column.clock.advance(2 * MINUTE_MS)
  await Promise.all([resend(), resend(), resend()])
  expect(provider.sent).toHaveLength(1)
})
it.each([
  ['a refusal', new PaymentRefused('balance_insufficient', 'No funds.'), 'balance_insufficient: No funds.'],
  ['what the provider cannot do', new NotSupported('it pays nobody out'), 'it pays nobody out'],
])('%s is final', async (_, error, refusal) => {
  const row = await asked()
  firstFails('before', error)
  await send(row)
  column.clock.advance(2 * MINUTE_MS)
  await resend()
  expect([await now(row), provider.sent.length]).toEqual([['refused', null, refusal], 0])
})
it('a key that another call is using at this moment is no refusal', async () => {
  const row = await asked()
  firstFails('before', new PaymentRefused('idempotency_key_in_use', 'Wait.'))
  await send(row)
  expect(await now(row)).toEqual(['asked', null, null])
})
it('one that fails does not keep the others from being sent', async () => {
  const rows = [await asked(), await asked()]
  column.clock.advance(2 * MINUTE_MS)
  firstFails('before', new Error('it breaks'))
  await resend()
  expect((await Promise.all(rows.map(now))).map((row) => row?.[0]).sort()).toEqual(['asked', 'sent'])
})
it('what a webhook wrote during the call stands', async () => {
  const row = await asked()
  provider.after = async () => {
    const set = { state: 'reversed', providerId: 'tr_1', reversedMinor: 500 } as const
    await column.ports.db.update(payeeTransfers).set(set).where(eq(payeeTransfers.id, row.id))
  }
  expect((await send(row)).state).toBe('reversed')
})
