import { expect, it } from 'vitest'
import { product, shifted, sum } from './decimal.ts'
import { amount, costOf, money, unitMoney } from './money.ts'

/** Digits and signs alone: which letters stand around them is the language's business. */
const digits = (text: string) => text.replaceAll(/[^\d.,-]/g, '').replaceAll(',', '.')

it.each([
  [999, 'eur', '9.99'],
  [5, 'usd', '0.05'],
  [990, 'jpy', '990'],
  [1_234, 'kwd', '1.234'],
  [-250, 'eur', '-2.50'],
])('writes %d minor units of %s as %s', (minor, currency, text) => {
  expect(digits(money(minor, currency))).toBe(text)
})

it('writes an amount exactly that no float could hold', () => {
  expect(money(9_007_199_254_740_991, 'eur').replaceAll(/\D/g, '')).toBe('9007199254740991')
})

it.each([
  ['0.1', 'eur', '0.001'],
  ['0.0005', 'eur', '0.000005'],
  ['0.16', 'jpy', '0.16'],
  ['2', 'eur', '0.02'],
])('writes a unit price of %s minor units of %s as %s', (minor, currency, text) => {
  expect(digits(unitMoney(minor, currency))).toBe(text)
})

it('says what so much costs, to the smallest coin', () => {
  expect(digits(costOf('1234.5', '0.1', 'eur'))).toBe('1.23')
})

it('writes a quantity with two digits at most', () => {
  expect(digits(amount('3.755'))).toBe('3.76')
})

it('sums what floats would not', () => {
  expect(sum(['0.1', '0.2', '1000000000000', '-0.3'])).toBe('1000000000000')
})

it('multiplies what floats would not', () => {
  expect(product('0.1', '3')).toBe('0.3')
})

it.each([
  ['999', 2, '9.99'],
  ['5', 2, '0.05'],
  ['-5', 3, '-0.005'],
  ['100', 2, '1'],
])('moves the point of %s by %d: %s', (text, places, moved) => {
  expect(shifted(text, places)).toBe(moved)
})

it.each(['', '1e3', '.5', 'NaN'])('reads no number out of "%s"', (text) => {
  expect(() => sum([text])).toThrow(RangeError)
})
