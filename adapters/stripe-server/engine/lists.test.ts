import { expect, it } from 'vitest'
import type { StripeObject } from '../store.ts'
import { chargeCustomer } from './pay.ts'
import { openAccount } from './testing/account.ts'

function threeCharges() {
  const account = openAccount()
  const customer = account.customer()
  const ids = [100, 200, 300].map(
    (amount) => chargeCustomer(account.store, { customer, amount, currency: 'eur' }).latest_charge ?? '',
  )
  const list = (params: Record<string, string>) => {
    const { data, has_more } = account.call('GET', '/v1/charges', params)
    return { ids: (data as StripeObject[]).map(({ id }) => id), more: has_more }
  }
  return { ids, list }
}

it('are newest first, a page at a time', () => {
  const { ids, list } = threeCharges()
  expect(list({ limit: '2' })).toEqual({ ids: [ids[2], ids[1]], more: true })
  expect(list({ limit: '2', starting_after: ids[1] ?? '' })).toEqual({ ids: [ids[0]], more: false })
})

it('go back to newer ones', () => {
  const { ids, list } = threeCharges()
  expect(list({ limit: '1', ending_before: ids[0] ?? '' })).toEqual({ ids: [ids[1]], more: true })
})

it('refuse a limit beyond 100', () => {
  expect(() => threeCharges().list({ limit: '101' })).toThrow('between 1 and 100')
})

it('refuse what they do not know', () => {
  expect(() => threeCharges().list({ colour: 'red' })).toThrow('unknown parameter: colour')
})
