import { expect, it } from 'vitest'
import { openSpeed } from './speed.ts'

it('knows nothing at first', () => {
  const speed = openSpeed()
  speed.note(0, 0)
  speed.note(1000, 100)
  expect(speed.bytesPerSecond()).toBeUndefined()
})

it('counts the last eight seconds alone', () => {
  const speed = openSpeed()
  speed.note(0, 0)
  for (let second = 10; second <= 18; second++) speed.note(second * 500, second * 1000)
  expect(speed.bytesPerSecond()).toBe(500)
})

it('begins anew when a part starts over', () => {
  const speed = openSpeed()
  speed.note(0, 0)
  speed.note(9000, 1000)
  speed.note(4000, 2000)
  speed.note(6000, 3000)
  expect(speed.bytesPerSecond()).toBe(2000)
})
