import { expect, it } from 'vitest'
import { readChapters, writeChapters } from './chapters.ts'

it('reads back what it wrote', () => {
  const items = [
    { startSeconds: 0, title: 'Opening' },
    { startSeconds: 3725, title: 'The storm: part 2' },
  ]
  expect(readChapters(writeChapters(items))).toEqual({ items })
})

it('sorts chapters by time and passes over empty lines', () => {
  const read = readChapters('1:00 B\n\n 0:00   A \n')
  expect(read).toEqual({
    items: [
      { startSeconds: 0, title: 'A' },
      { startSeconds: 60, title: 'B' },
    ],
  })
})

it('names the line that has no time', () => {
  expect(readChapters('0:00 A\nsoon B')).toEqual({ wrong: expect.stringContaining('soon B') })
})

it('refuses two chapters at the same time', () => {
  expect(readChapters('1:00 A\n60 B')).toEqual({ wrong: expect.stringContaining('60') })
})
