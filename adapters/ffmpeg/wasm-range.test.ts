import { describe, expect, it } from 'vitest'
import { openFilmBlocks, TooManyBytes } from './wasm-range.ts'

/** A film of the bytes 0, 1, 2 ..., and the ranges that were asked of it. */
function countingFilm(sizeBytes: number) {
  const ranges: string[] = []
  const read = async (start: number, end: number) => {
    ranges.push(`${start}-${end}`)
    return Uint8Array.from({ length: end - start + 1 }, (_, i) => start + i)
  }
  return { sizeBytes, read, ranges }
}
const SMALL = { blockBytes: 10, keep: 4, fetchBytes: 1000 }

describe('the blocks of a film', () => {
  it('are aligned ranges of it', async () => {
    const film = countingFilm(95)
    expect([...(await openFilmBlocks(film, SMALL).block(3))]).toEqual([
      30, 31, 32, 33, 34, 35, 36, 37, 38, 39,
    ])
  })
  it('end where the film ends', async () => {
    const film = countingFilm(95)
    await openFilmBlocks(film, SMALL).block(9)
    expect(film.ranges).toEqual(['90-94'])
  })
  it('are read once while they are kept', async () => {
    const film = countingFilm(95)
    const blocks = openFilmBlocks(film, SMALL)
    for (const number of [7, 2, 7, 2]) await blocks.block(number)
    expect(film.ranges).toEqual(['70-79', '20-29'])
  })
  it('are forgotten in the order of their use', async () => {
    const film = countingFilm(95)
    const blocks = openFilmBlocks(film, { ...SMALL, keep: 2 })
    for (const number of [1, 3, 1, 5, 1, 3]) await blocks.block(number)
    expect(film.ranges).toEqual(['10-19', '30-39', '50-59', '30-39'])
  })
  it('are read ahead for who reads on and on', async () => {
    const film = countingFilm(95)
    const blocks = openFilmBlocks(film, SMALL)
    for (const number of [0, 1, 2]) await blocks.block(number)
    expect(film.ranges.at(-1)).toBe('30-39')
  })
  it('are not read ahead for who reads here and there', async () => {
    const film = countingFilm(95)
    const blocks = openFilmBlocks(film, SMALL)
    for (const number of [0, 1, 5, 6]) await blocks.block(number)
    expect(film.ranges).toHaveLength(4)
  })
  it('are not read ahead behind the end', async () => {
    const film = countingFilm(30)
    const blocks = openFilmBlocks(film, SMALL)
    for (const number of [0, 1, 2]) await blocks.block(number)
    expect(film.ranges).toHaveLength(3)
  })
  it('count against what may be read', async () => {
    const blocks = openFilmBlocks(countingFilm(95), { ...SMALL, fetchBytes: 25 })
    await blocks.block(0)
    await blocks.block(5)
    await expect(blocks.block(7)).rejects.toBeInstanceOf(TooManyBytes)
  })
  it('are asked for again after a failure', async () => {
    const film = countingFilm(95)
    let failures = 1
    const read = async (start: number, end: number) => {
      if (failures-- > 0) throw new Error('the store is away')
      return film.read(start, end)
    }
    const blocks = openFilmBlocks({ ...film, read }, SMALL)
    await expect(blocks.block(0)).rejects.toThrow('the store is away')
    await expect(blocks.block(0)).resolves.toHaveLength(10)
  })
  it('that come shorter than they are fail', async () => {
    const film = { sizeBytes: 95, read: async () => new Uint8Array(3) }
    await expect(openFilmBlocks(film, SMALL).block(0)).rejects.toThrow('3 bytes for 10')
  })
})
