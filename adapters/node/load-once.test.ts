import { expect, it } from 'vitest'
import { loadAhead, loadOnce } from './load-once.ts'

/** A load that gives these in turn; an error is thrown. */
function counted(...outcomes: readonly (string | Error)[]) {
  const at = { loads: 0 }
  const load = async () => {
    const outcome = outcomes[at.loads++]
    if (outcome === undefined || outcome instanceof Error) throw outcome ?? new Error('asked too often')
    return outcome
  }
  return { at, load }
}

it('loads once for all who ask', async () => {
  const { at, load } = counted('it')
  const get = loadOnce(load)
  expect([await Promise.all([get(), get()]), await get(), at.loads]).toEqual([['it', 'it'], 'it', 1])
})
it('waits for the first who asks', () => {
  const { at, load } = counted('it')
  loadOnce(load)
  expect(at.loads).toBe(0)
})
it('tries again for the next who asks after a failure', async () => {
  const get = loadOnce(counted(new Error('asleep'), 'it').load)
  await expect(get()).rejects.toThrow('asleep')
  expect(await get()).toBe('it')
})
it('begins ahead, tells of a failure at once and throws it at the first who asks', async () => {
  const heard: unknown[] = []
  const get = loadAhead(counted(new Error('asleep'), 'it').load, (error) => heard.push(error))
  await expect.poll(() => heard).toEqual([new Error('asleep')])
  await expect(get()).rejects.toThrow('asleep')
  expect(await get()).toBe('it')
})
