import { describe, expect, it } from 'vitest'
import { charge, type Price, total } from './price.ts'
import * as tables from './prices.ts'

const PRICE: Price = { usd: 2, per: 10, unit: 'calls', free: 30, source: '', read: 'page' }
const of = (units: number) => ({ what: 'some', price: PRICE, units })

describe('charge', () => {
  it('charges by the unit of the price', () => {
    expect(charge([of(25)], { freeTier: false })[0]?.usd).toBe(5)
  })
  it('takes what is free off once, over all lines of a price', () => {
    expect(charge([of(20), of(20)], { freeTier: true }).map(({ usd }) => usd)).toEqual([0, 2])
  })
  it('never charges less than nothing', () => {
    expect(total(charge([of(5)], { freeTier: true }))).toBe(0)
  })
})

describe('the price table', () => {
  const prices = [tables.AWS, tables.GCP, tables.AZURE, tables.NEON].flatMap((table) =>
    Object.entries<Price>(table),
  )

  it.each(prices)('%s has a page of its vendor and is more than nothing', (_, price) => {
    expect(price.source).toMatch(
      /^https:\/\/(aws\.amazon\.com|cloud\.google\.com|azure\.microsoft\.com|neon\.com)\/./,
    )
    expect(price.usd / price.per).toBeGreaterThan(0)
  })
})
