/** One box of an ISO base media file (ISO/IEC 14496-12): `size` bytes from `start`, its content from `content` on. */
export interface Box {
  readonly type: string
  readonly start: number
  readonly content: number
  readonly end: number
}

/** The bytes do not have the form that their format asks for. */
export class MalformedBoxes extends Error {
  override readonly name = 'MalformedBoxes'
}

/** The boxes that lie side by side in `[from, to)`. Throws `MalformedBoxes` where one reaches beyond it. */
export function boxesIn(bytes: Uint8Array, from = 0, to = bytes.byteLength): Box[] {
  const found: Box[] = []
  for (let start = from; start < to; ) {
    const box = boxAt(bytes, start)
    if (box.end > to || box.end <= start)
      throw new MalformedBoxes(`box ${box.type} at ${start} ends at ${box.end}`)
    found.push(box)
    start = box.end
  }
  return found
}

/** The first box under `path`, such as `['moov', 'trak']`. Absence is `undefined`. */
export function findBox(bytes: Uint8Array, path: readonly string[], within?: Box): Box | undefined {
  const [type, ...rest] = path
  const box = boxesIn(bytes, within?.content, within?.end).find((b) => b.type === type)
  return box && rest.length > 0 ? findBox(bytes, rest, box) : box
}

/** As `findBox`; throws `MalformedBoxes` when it is not there. */
export function boxOf(bytes: Uint8Array, path: readonly string[], within?: Box): Box {
  const box = findBox(bytes, path, within)
  if (!box) throw new MalformedBoxes(`no box ${path.join('/')}`)
  return box
}

/** A whole box from its content. */
export function makeBox(type: string, ...content: readonly Uint8Array[]): Uint8Array {
  const size = content.reduce((sum, part) => sum + part.byteLength, 8)
  const head = new Uint8Array(8)
  viewOf(head).setUint32(0, size)
  head.set(new TextEncoder().encode(type), 4)
  return Buffer.concat([head, ...content], size)
}

/** The box's own bytes, apart from the file's: `slice` of a Buffer would share them. */
export const copyOf = (bytes: Uint8Array, { start, end }: Box): Uint8Array =>
  new Uint8Array(bytes.subarray(start, end))

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function boxAt(bytes: Uint8Array, start: number): Box {
  if (start + 8 > bytes.byteLength) throw new MalformedBoxes(`a box head at ${start} is cut off`)
  const view = viewOf(bytes)
  const type = String.fromCharCode(...bytes.subarray(start + 4, start + 8))
  const size = view.getUint32(start)
  if (size !== 1)
    return { type, start, content: start + 8, end: size === 0 ? bytes.byteLength : start + size }
  if (start + 16 > bytes.byteLength) throw new MalformedBoxes(`box ${type} at ${start} is cut off`)
  return { type, start, content: start + 16, end: start + Number(view.getBigUint64(start + 8)) }
}
