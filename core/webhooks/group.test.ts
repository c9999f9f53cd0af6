import { describe, expect, it } from 'vitest'
import { inGroups } from './group.ts'

/** Writes that end when they are told to, and all that was written together. */
function openWriter(limits: Partial<Parameters<typeof inGroups>[1]> = {}) {
  const groups: string[] = []
  const ends: PromiseWithResolvers<void>[] = []
  const write = async (items: readonly { readonly name: string; readonly weight: number }[]) => {
    groups.push(items.map(({ name }) => name).join(' '))
    const end = Promise.withResolvers<void>()
    ends.push(end)
    await end.promise
    if (items.some(({ name }) => name === 'poisoned')) throw new Error('poisoned')
    return groups.length
  }
  const keep = inGroups(write, { items: 3, weight: 100, underWay: 1, ...limits })
  const give = (name: string, weight = 1) => keep({ name, weight })
  const endAll = async (results: readonly Promise<unknown>[]) => {
    const over = Promise.allSettled(results)
    let isOver = false
    void over.then(() => (isOver = true))
    while (!isOver) {
      for (const { resolve } of ends) resolve()
      await turn()
    }
    return (await over).map(({ status }) => status)
  }
  return { groups, give, endAll }
}
const turn = async () => {
  for (let n = 0; n < 5; n += 1) await Promise.resolve()
}

describe('writing in groups', () => {
  it('writes at once what comes while nothing is under way', async () => {
    const { groups, give } = openWriter()
    void give('a')
    await turn()
    expect(groups).toEqual(['a'])
  })
  it('writes together what came meanwhile', async () => {
    const { groups, give, endAll } = openWriter()
    const first = give('a')
    await turn()
    await endAll([first, give('b'), give('c')])
    expect(groups).toEqual(['a', 'b c'])
  })
  it('has no more under way than it may', async () => {
    const { groups, give } = openWriter({ underWay: 2 })
    for (const name of ['a', 'b', 'c']) {
      void give(name)
      await turn()
    }
    expect(groups).toEqual(['a', 'b'])
  })
  it('puts no more into a group than it may', async () => {
    const { groups, give, endAll } = openWriter()
    await endAll(['a', 'b', 'c', 'd'].map((name) => give(name)))
    expect(groups).toEqual(['a b c', 'd'])
  })
  it('puts no more weight into a group than it may', async () => {
    const { groups, give, endAll } = openWriter()
    await endAll([give('a', 60), give('b', 41), give('c', 59)])
    expect(groups).toEqual(['a', 'b c'])
  })
  it('writes alone what is heavier than a group may be', async () => {
    const { groups, give, endAll } = openWriter()
    await endAll([give('a', 101), give('b')])
    expect(groups).toEqual(['a', 'b'])
  })
  it('lets only that fail which cannot be written', async () => {
    const { give, endAll } = openWriter()
    expect(await endAll([give('a'), give('poisoned'), give('c')])).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ])
  })
  it('goes on after a failure', async () => {
    const { give, endAll } = openWriter()
    await endAll([give('poisoned')])
    expect(await endAll([give('b')])).toEqual(['fulfilled'])
  })
})
