import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openView } from './view.ts'

describe('the progress view', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('writes nothing over a question until it is answered', async () => {
    const written: string[] = []
    const write = (text: string) => written.push(text) > 0
    const view = openView({ out: { write, isTTY: true, columns: 80 }, count: 1, now: () => 0 })
    view.begin('apply', 'the whole stack')
    const answered = view.asking(async () => {
      written.length = 0
      await vi.advanceTimersByTimeAsync(3000)
      return [...written]
    })
    expect(await answered).toEqual([])
    await vi.advanceTimersByTimeAsync(1000)
    expect(written.join('')).toContain('1/1 apply')
    view.close()
  })
})
