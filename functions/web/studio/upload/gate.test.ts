import { expect, it } from 'vitest'
import { openGate } from './gate.ts'

const never = new AbortController().signal
const forever = () => new Promise<void>(() => undefined)

it('lets the next one in when one leaves with an error', async () => {
  const gate = openGate(1)
  await expect(gate.pass(() => Promise.reject(new Error('broken')), never)).rejects.toThrow('broken')
  expect(await gate.pass(async () => 'in', never)).toBe('in')
})

it('lets those in who wait in the order they came', async () => {
  const gate = openGate(1)
  const order: number[] = []
  await Promise.all([1, 2, 3].map((n) => gate.pass(async () => void order.push(n), never)))
  expect(order).toEqual([1, 2, 3])
})

it('sends one away that is aborted while it waits, and keeps its place free for the next', async () => {
  const gate = openGate(1)
  const leave = Promise.withResolvers<void>()
  const first = gate.pass(() => leave.promise, never)
  const stop = new AbortController()
  const second = gate.pass(forever, stop.signal)
  const third = gate.pass(async () => 'in', never)
  stop.abort()
  await expect(second).rejects.toHaveProperty('name', 'AbortError')
  leave.resolve()
  await first
  expect(await third).toBe('in')
})
