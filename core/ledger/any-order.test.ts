import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type BillingDesk, openBillingDesk } from '../../adapters/local/testing/billing-desk.ts'
import type { Applying } from '../billing/applying.ts'
import { currencyOf } from '../billing/money.ts'
import type { Provider } from '../billing/provider-objects.ts'
import {
  aDispute,
  aLine,
  anEntry,
  anInvoice,
  aPayment,
  aPayout,
  aRefund,
  aTransfer,
} from '../billing/testing/objects.ts'
import { compareBalances } from './balances.ts'
import { postDispute, postInvoice, postPayment, postPayout, postRefund, postTransfer } from './post.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
})
afterAll(() => desk[Symbol.asyncDispose]())

type State = (at: Applying) => Promise<void>

const minor = fc.integer({ min: 0, max: 100_000 })
const currency = fc.constantFrom('eur', 'usd', 'jpy', 'kwd').map(currencyOf)
const balance = fc.array(
  fc
    .record({
      type: fc.constantFrom(
        'charge',
        'refund',
        'adjustment',
        'payout',
        'transfer',
        'stripe_fee',
        'unheard_of',
      ),
      currency,
      amountMinor: fc.integer({ min: -100_000, max: 100_000 }),
      feeMinor: fc.integer({ min: 0, max: 500 }),
    })
    .map(anEntry),
  { maxLength: 3 },
)
const lines = fc.array(
  fc
    .record({
      amountMinor: fc.integer({ min: -5_000, max: 100_000 }),
      taxMinor: minor,
      meter: fc.constantFrom(null, 'minutes_streamed'),
    })
    .map(aLine),
  { maxLength: 3 },
)

const invoiceState = (id: string) =>
  fc
    .record({
      status: fc.constantFrom('draft', 'open', 'paid', 'void', 'uncollectible'),
      lines,
      currency,
      creditAppliedMinor: fc.integer({ min: -500, max: 500 }),
      creditNotesMinor: fc.integer({ min: 0, max: 500 }),
      paidOutOfBand: fc.boolean(),
      customerId: fc.constantFrom('cus_1', 'cus_2'),
      subscriptionId: fc.constantFrom(null, 'sub_1'),
    })
    .map(
      (facts): State =>
        (at) =>
          postInvoice(at, anInvoice({ ...facts, id })),
    )
const paymentState = (id: string) =>
  fc
    .record({
      status: fc.constantFrom('succeeded', 'failed', 'processing'),
      amountCapturedMinor: minor,
      currency,
      balance,
      invoiceId: fc.constantFrom(null, 'in_1'),
    })
    .map(
      (facts): State =>
        (at) =>
          postPayment(at, aPayment({ ...facts, id })),
    )
const refundState = (id: string) =>
  fc
    .record({
      status: fc.constantFrom('pending', 'succeeded', 'failed'),
      amountMinor: minor,
      currency,
      balance,
    })
    .map(
      (facts): State =>
        (at) =>
          postRefund(at, aRefund({ ...facts, id })),
    )
const disputeState = (id: string) =>
  fc.record({ balance }).map(
    (facts): State =>
      (at) =>
        postDispute(at, aDispute({ ...facts, id })),
  )
const payoutState = (id: string) =>
  fc
    .record({
      status: fc.constantFrom('pending', 'in_transit', 'paid', 'failed', 'canceled'),
      accountId: fc.constantFrom(null, 'acct_1'),
      amountMinor: minor,
      currency,
      balance,
    })
    .map(
      (facts): State =>
        (at) =>
          postPayout(at, aPayout({ ...facts, id })),
    )
const transferState = (id: string) =>
  fc.record({ amountMinor: minor, reversedMinor: minor, currency, balance }).map(
    (facts): State =>
      (at) =>
        postTransfer(at, aTransfer({ ...facts, id })),
  )

/** A life of one object: its states, with repetitions. */
const life = (id: string) =>
  fc
    .constantFrom(invoiceState, paymentState, refundState, disputeState, payoutState, transferState)
    .chain((stateOf) =>
      fc.array(fc.tuple(stateOf(id), fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 4 }),
    )
    .map((states) => states.flatMap(([state, times]) => Array.from({ length: times }, () => state)))
const lives = fc.tuple(life('a'), life('b'), life('c'), life('d'))
const turns = fc.array(fc.nat({ max: 3 }), { minLength: 48, maxLength: 48 })

/** The lives' states, mixed: whose turn it is says `turns`. */
function mixed(of: readonly (readonly State[])[], whose: readonly number[]): State[] {
  const left = of.map((states) => [...states])
  const taken = whose.flatMap((turn) => left[turn]?.shift() ?? [])
  return [...taken, ...left.flat()]
}

let runs = 0
async function booksOf(states: readonly State[]): Promise<unknown[]> {
  const provider = `run-${runs++}` as Provider
  for (const state of states) await desk.applying((at) => state({ ...at, provider }))
  const found = await desk.ports.db.execute(sql`
    select account, party, currency, sum(amount_minor)::text as minor
    from ledger_entries e join ledger_transactions t on t.id = e.transaction_id
    where provider = ${provider} group by 1, 2, 3 having sum(amount_minor) <> 0 order by 1, 2, 3`)
  return (found as unknown as { rows: unknown[] }).rows
}

it('books as if the last state of each object had come once, whatever came before', async () => {
  const property = fc.asyncProperty(lives, turns, async (of, whose) => {
    const last = of.flatMap((states) => states.slice(-1))
    expect(await booksOf(mixed(of, whose))).toEqual(await booksOf(last))
  })
  await fc.assert(property, { numRuns: 60 })
  expect(await compareBalances(desk.ports)).toEqual([])
})
