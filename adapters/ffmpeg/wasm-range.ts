import type { RangedFilm } from '../../core/ports/thumbnailer.ts'

/** A film in aligned blocks, the last ones used and the next one kept. */
export interface FilmBlocks {
  /** Block `number`, counted from 0: `blockBytes` bytes, less at the film's end. */
  block(number: number): Promise<Uint8Array>
  fetchedBytes(): number
}

export interface BlockOptions {
  readonly blockBytes: number
  /** Blocks that are kept. */
  readonly keep: number
  /** More than that throws `TooManyBytes`. */
  readonly fetchBytes: number
}

/** The film cannot be looked at within the bytes that were granted. */
export class TooManyBytes extends Error {
  override readonly name = 'TooManyBytes'
}

/** Blocks in a row after which more are expected: a key frame alone lies in one or two. */
const IN_A_ROW = 3

/**
 * Reads a film block by block, each once while it is kept. Who reads on and on gets the next one read ahead: a store
 * answers after some tens of milliseconds, whatever is asked.
 */
export function openFilmBlocks(film: RangedFilm, { blockBytes, keep, fetchBytes }: BlockOptions): FilmBlocks {
  const kept = new Map<number, Promise<Uint8Array>>()
  const last = Math.ceil(film.sizeBytes / blockBytes) - 1
  let fetched = 0
  let before = -1
  let inARow = 0

  const sizeOf = (number: number) => Math.min(film.sizeBytes, (number + 1) * blockBytes) - number * blockBytes
  const fetch = async (number: number): Promise<Uint8Array> => {
    const size = sizeOf(number)
    if (fetched + size > fetchBytes) throw new TooManyBytes(`more than ${fetchBytes} bytes of the film`)
    fetched += size
    const bytes = await film.read(number * blockBytes, number * blockBytes + size - 1)
    if (bytes.length !== size) throw new Error(`the store gave ${bytes.length} bytes for ${size}`)
    return bytes
  }
  const take = (number: number): Promise<Uint8Array> => {
    const block = kept.get(number) ?? fetch(number)
    // The last used stand last: the first one goes.
    kept.delete(number)
    kept.set(number, block)
    if (kept.size > keep) kept.delete(kept.keys().next().value as number)
    block.catch(() => kept.delete(number))
    return block
  }
  return {
    fetchedBytes: () => fetched,
    block: (number) => {
      const wanted = take(number)
      // A failed one is read again, and told of, when it is wanted.
      inARow = number === before + 1 ? inARow + 1 : 1
      before = number
      if (inARow >= IN_A_ROW && number < last && fetched + blockBytes <= fetchBytes) void take(number + 1)
      return wanted
    },
  }
}
