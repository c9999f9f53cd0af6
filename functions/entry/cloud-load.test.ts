import { expect, it } from 'vitest'
import { openedOnce } from './cloud-load.ts'

it('opens once for all who ask at the same time', async () => {
  let opened = 0
  const open = openedOnce(async () => ++opened)
  expect(await Promise.all([open(), open()])).toEqual([1, 1])
})
it('opens again after a failure', async () => {
  const outcomes = [() => Promise.reject(new Error('not yet')), () => Promise.resolve('open')]
  const open = openedOnce(() => outcomes.shift()?.() ?? Promise.reject(new Error('asked too often')))
  await expect(open()).rejects.toThrow('not yet')
  expect(await open()).toBe('open')
})
