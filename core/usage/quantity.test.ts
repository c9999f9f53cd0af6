import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { priceOf } from './price-usage.ts'
import { decimalOf, decimalOfNumber, minutesOfMs, nanoOf, wholeOf } from './quantity.ts'

describe('a quantity', () => {
  it('comes back as it was written, in its shortest form', () => {
    const any = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n })
    fc.assert(fc.property(any, (nano) => nanoOf(decimalOf(nano)) === nano))
  })
  it.each([
    ['0', 0n],
    ['3.5', 3_500_000_000n],
    ['0.000000001', 1n],
    ['007.10', 7_100_000_000n],
    ['-1.5', -1_500_000_000n],
  ])('reads %s', (text, nano) => {
    expect(nanoOf(text)).toBe(nano)
  })
  it.each(['', '1e3', '.5', '1.', '1.0000000001', 'NaN', '1,5'])('refuses %j', (text) => {
    expect(() => nanoOf(text)).toThrow(RangeError)
  })
  it.each([
    [0.1, '0.1'],
    [12, '12'],
    [1e-7, '0.0000001'],
    [1.5e-8, '0.000000015'],
  ])('takes the number %d as %s', (value, text) => {
    expect(decimalOfNumber(value)).toBe(text)
  })
  it.each([1e-10, 1.25e-9, 0.1 + 0.2, 1e21, -1, Number.NaN])('does not round the number %d', (value) => {
    expect(decimalOfNumber(value)).toBeUndefined()
  })
  it('rounds minutes at the ninth digit alone', () => {
    expect([1000n, 30_000n, 59_999n].map((ms) => decimalOf(minutesOfMs(ms)))).toEqual([
      '0.016666667',
      '0.5',
      '0.999983333',
    ])
  })
  it('has whole units in it', () => {
    expect(decimalOf(wholeOf(nanoOf('7.999999999')))).toBe('7')
  })
})

describe('the price of a quantity', () => {
  it.each([
    ['3', '0.5', 2],
    ['1', '0.49', 0],
    ['1000000', '0.0004', 400],
    ['0.333333333', '300', 100],
    ['999999999999', '0.000000000001', 1],
  ])('is for %s units at %s each %d', (quantity, amount, minor) => {
    expect(priceOf(nanoOf(quantity), amount)).toBe(minor)
  })
  it.each(['', '-1', '1e-3', '0.0000000000001'])('is not told for an amount of %j', (amount) => {
    expect(() => priceOf(nanoOf('1'), amount)).toThrow(RangeError)
  })
  it('is not told where no integer holds it', () => {
    expect(() => priceOf(nanoOf('999999999999'), '999999')).toThrow(RangeError)
  })
})
