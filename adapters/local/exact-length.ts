export class WrongLength extends Error {
  override readonly name = 'WrongLength'
}

/** The same bytes; throws `WrongLength` as soon as there are more than `sizeBytes`, or at an end with fewer. */
export async function* exactly(
  body: AsyncIterable<Uint8Array>,
  sizeBytes: number,
): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > sizeBytes) break
    yield chunk
  }
  if (size !== sizeBytes) throw new WrongLength(`${size} bytes came instead of ${sizeBytes}`)
}
