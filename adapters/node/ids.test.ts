import { expect, it } from 'vitest'
import { openIds } from './ids.ts'

it('puts the milliseconds of the clock into the first 48 bits', () => {
  const id = openIds(() => 0x0123456789ab).uuid()
  expect(id.replaceAll('-', '').slice(0, 12)).toBe('0123456789ab')
})

it('goes on rising into the next millisecond when one is used up', () => {
  const ids = openIds(() => 1000)
  const made = Array.from({ length: 10_000 }, () => ids.uuid())
  expect(made).toEqual([...new Set(made)].sort())
})
