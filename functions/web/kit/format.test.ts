import { expect, it } from 'vitest'
import { clock, parseClock, percent, remaining, size } from './format.ts'

it.each([
  [0, '0:00'],
  [65.9, '1:05'],
  [3725, '1:02:05'],
])('writes %d seconds as %s', (seconds, text) => {
  expect(clock(seconds)).toBe(text)
})

it.each([
  ['65', 65],
  ['1:05', 65],
  ['1:02:05', 3725],
  ['0:01.5', 1.5],
])('reads %s as %d seconds', (text, seconds) => {
  expect(parseClock(text)).toBe(seconds)
})

it.each(['', 'soon', '1:75', '-5', '1:2:3:4'])('reads no time out of "%s"', (text) => {
  expect(parseClock(text)).toBeUndefined()
})

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1_530_000, '1.5 MB'],
  [812_000_000, '812 MB'],
  [2_000_000_000_000_000, '2000 TB'],
])('writes %d bytes as %s', (bytes, text) => {
  expect(size(bytes)).toBe(text)
})

it('says 100 % only of what is whole', () => {
  expect(percent(0.9999)).toBe('99 %')
})

it('tells short times in seconds and long ones in minutes', () => {
  expect([remaining(40), remaining(600)]).toEqual(['40 s', '10 min'])
})
