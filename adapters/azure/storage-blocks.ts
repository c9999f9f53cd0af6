import type { Ids } from '../../core/ports/ids.ts'

/** Names of blocks: all of one length, as the store demands of one blob. */
export interface BlockNames {
  begin(): string
}
export const blockNames = (ids: Ids): BlockNames => ({ begin: () => ids.secret(16) })

/** Base64 of `<22 characters of the upload>.<5 digits>`. */
export const blockIdOf = (token: string, number: number): string =>
  Buffer.from(`${token}.${String(number).padStart(5, '0')}`).toString('base64')

/** The stream cut into blocks of `size` bytes; the last one, which may be empty, is what is left. */
export async function* inBlocks(
  source: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<{ bytes: Uint8Array; last: boolean }> {
  let waiting: Uint8Array[] = []
  let held = 0
  for await (const chunk of source) {
    let rest = chunk
    while (held + rest.byteLength > size) {
      const fits = size - held
      yield { bytes: Buffer.concat([...waiting, rest.subarray(0, fits)]), last: false }
      rest = rest.subarray(fits)
      waiting = []
      held = 0
    }
    // A copy: the source may fill the same memory again.
    if (rest.byteLength > 0) waiting.push(Uint8Array.from(rest))
    held += rest.byteLength
  }
  yield { bytes: Buffer.concat(waiting), last: true }
}
