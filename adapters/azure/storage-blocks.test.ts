import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inBlocks } from './storage-blocks.ts'

async function* streamed(pieces: readonly Uint8Array[]) {
  yield* pieces
}

describe('cutting a stream into blocks', () => {
  it('keeps every byte in order, all blocks full but the last, and says which that is', async () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(pieces, fc.integer({ min: 1, max: 16 }), async (given, size) => {
        const blocks = await Array.fromAsync(inBlocks(streamed(given), size))
        expect(Buffer.concat(blocks.map(({ bytes }) => bytes))).toEqual(Buffer.concat(given))
        expect(blocks.slice(0, -1).every(({ bytes, last }) => bytes.byteLength === size && !last)).toBe(true)
        expect(blocks.at(-1)).toMatchObject({ last: true })
      }),
    )
  })
  it('keeps what it holds when the source fills the same memory again', async () => {
    const memory = Buffer.from('one')
    const source = (async function* () {
      yield memory
      memory.write('two')
      yield memory
    })()
    const [block] = await Array.fromAsync(inBlocks(source, 100))
    expect(Buffer.from(block?.bytes ?? []).toString()).toBe('onetwo')
  })
})
