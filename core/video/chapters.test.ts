import { describe, expect, it } from 'vitest'
import { checkChapters } from './chapters.ts'

const rules = (starts: readonly number[], durationSeconds: number | undefined = 60) =>
  checkChapters(
    starts.map((startSeconds) => ({ startSeconds })),
    durationSeconds,
  ).map(({ field, rule }) => `${field} ${rule}`)

describe('checkChapters', () => {
  it.each([[[]], [[0]], [[5, 10, 59.999]]])('takes starts %j in a minute', (starts) => {
    expect(rules(starts)).toEqual([])
  })

  it('refuses a start behind the end', () => {
    expect(rules([0, 60])).toEqual(['body.items.1.startSeconds inside'])
  })

  it('refuses a start before the film', () => {
    expect(rules([-1])).toEqual(['body.items.0.startSeconds inside'])
  })

  it('refuses a start that goes back', () => {
    expect(rules([5, 3, 4])).toEqual(['body.items.1.startSeconds order'])
  })

  it('refuses starts that are one when kept in milliseconds', () => {
    expect(rules([5.0001, 5.0002])).toEqual(['body.items.1.startSeconds unique'])
  })

  it('takes any end while the duration is not known', () => {
    expect(checkChapters([{ startSeconds: 86_000 }], undefined)).toEqual([])
  })
})
