import { expect, it } from 'vitest'
import { currencyOf } from '../../core/billing/money.ts'
import { decimalOf, moneyOf } from './decimal-minor.ts'

it.each([
  ['12.34', 'EUR', 1234],
  ['100', 'JPY', 100],
  ['100.00', 'JPY', 100],
  ['1.234', 'KWD', 1234],
  ['0.1', 'USD', 10],
  ['-5.00', 'USD', -500],
  ['-0.00', 'USD', 0],
  ['90071992547.41', 'USD', 9_007_199_254_741],
])('reads %s of %s as %d', (decimal, currency, minor) => {
  expect(moneyOf(decimal, currency)).toEqual({ amountMinor: minor, currency: currency.toLowerCase() })
})
it.each([
  ['12.345', 'EUR'],
  ['1.5', 'JPY'],
  ['1e3', 'EUR'],
  ['', 'EUR'],
  ['1,00', 'EUR'],
  ['NaN', 'EUR'],
])('refuses %j of %s', (decimal, currency) => {
  expect(() => moneyOf(decimal, currency)).toThrow(RangeError)
})
it.each([
  [1234, 'eur', '12.34'],
  [5, 'eur', '0.05'],
  [100, 'jpy', '100'],
  [1234, 'kwd', '1.234'],
  [-500, 'usd', '-5.00'],
])('writes %d of %s as %s', (amountMinor, currency, decimal) => {
  expect(decimalOf({ amountMinor, currency: currencyOf(currency) })).toBe(decimal)
})
