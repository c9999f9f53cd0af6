import { describe, expect, it } from 'vitest'
import { readCursor, toPage } from './page.ts'

const shape = { list: 'films', key: (n: number) => String(n), item: (n: number) => ({ n }) }
const isKey = (key: string) => /^\d+$/.test(key)

describe('a page', () => {
  it('without a row beyond it is the last', () => {
    expect(toPage([1, 2], 2, shape)).toEqual({ items: [{ n: 1 }, { n: 2 }] })
  })
  it('with a row beyond it leads to the next', () => {
    const { items, nextCursor } = toPage([1, 2, 3], 2, shape)
    expect([items.length, readCursor(nextCursor, 'films', isKey)]).toEqual([2, '2'])
  })
  it('of nothing has no next', () => {
    expect(toPage([], 2, shape)).toEqual({ items: [] })
  })
})

describe('a cursor', () => {
  const good = toPage([1, 2], 1, shape).nextCursor ?? ''
  it('that is absent means the beginning', () => {
    expect(readCursor(undefined, 'films', isKey)).toBeUndefined()
  })
  it('of another list is refused', () => {
    expect(() => readCursor(good, 'uploads', isKey)).toThrow('is not a cursor of this list')
  })
  it('whose key is none is refused', () => {
    expect(() => readCursor(btoa('films:x').replaceAll('=', ''), 'films', isKey)).toThrow('is not a cursor')
  })
  it.each(['', '!', 'a', 'ZmlsbXM', '../../x', `${good}x!`])('that is damaged (%j) is refused', (cursor) => {
    expect(() => readCursor(cursor, 'films', isKey)).toThrow('is not a cursor')
  })
})
