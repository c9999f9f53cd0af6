import { expect, it } from 'vitest'
import { openMemory } from './remember.ts'

function openStorage(content: Record<string, string> = {}) {
  const map = new Map(Object.entries(content))
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
  }
}
const film = { name: 'film.mp4', size: 10, lastModified: 5 }

it('finds the upload of a file again after a reload', () => {
  const storage = openStorage()
  openMemory(storage, 'ann').keep(film, 'upl_1')
  expect(openMemory(storage, 'ann').find(film)).toBe('upl_1')
})

it.each([{ name: 'other.mp4' }, { size: 11 }, { lastModified: 6 }])(
  'takes a file with another %o for another one',
  (other) => {
    const memory = openMemory(openStorage(), 'ann')
    memory.keep(film, 'upl_1')
    expect(memory.find({ ...film, ...other })).toBeUndefined()
  },
)

it('forgets an upload that is done', () => {
  const memory = openMemory(openStorage(), 'ann')
  memory.keep(film, 'upl_1')
  memory.forget('upl_1')
  expect(memory.find(film)).toBeUndefined()
})

it("does not offer one person another one's uploads", () => {
  const storage = openStorage()
  openMemory(storage, 'ann').keep(film, 'upl_1')
  expect(openMemory(storage, 'bob').find(film)).toBeUndefined()
})

it.each(['{', '[1,["a"]]', 'null'])('begins anew where the storage holds %s', (broken) => {
  const memory = openMemory(openStorage({ 'skyreel.uploads.ann': broken }), 'ann')
  memory.keep(film, 'upl_1')
  expect(memory.find(film)).toBe('upl_1')
})

it('keeps the youngest 200', () => {
  const memory = openMemory(openStorage(), 'ann')
  for (let n = 0; n < 201; n++) memory.keep({ ...film, size: n }, `upl_${n}`)
  expect([memory.find({ ...film, size: 0 }), memory.find({ ...film, size: 200 })]).toEqual([
    undefined,
    'upl_200',
  ])
})
