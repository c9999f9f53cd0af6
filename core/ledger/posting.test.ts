import fc from 'fast-check'
import { expect, it } from 'vitest'
import { EUR, USD } from '../billing/testing/objects.ts'
import { difference, type Posting, summed } from './posting.ts'

const posting = fc.record({
  account: fc.constantFrom('receivable' as const, 'fees' as const, 'bank' as const),
  party: fc.constantFrom('', 'cus_1', 'cus_2'),
  currency: fc.constantFrom(EUR, USD),
  amountMinor: fc.integer({ min: -1000, max: 1000 }),
})
const postings = fc.array(posting, { maxLength: 12 })

it('postings come in one order, however they were made: bookings lock their balances in it', () => {
  const property = fc.property(postings, (some) => {
    expect(summed([...some].reverse())).toEqual(summed(some))
  })
  fc.assert(property)
})

it('what is booked and the difference are what it should be', () => {
  const property = fc.property(postings, postings, (target, booked) => {
    expect(summed([...booked, ...difference(target, booked)])).toEqual(summed(target))
  })
  fc.assert(property)
})

it('an amount that no integer holds exactly is refused', () => {
  const half: Posting = { account: 'bank', party: '', currency: EUR, amountMinor: 0.5 }
  expect(() => summed([half])).toThrow(RangeError)
})
