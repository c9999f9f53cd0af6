/** What the boxes of an MP4 or MOV tell; `other` for files that are neither. */
export type Boxes = 'fine' | 'encrypted' | 'no-index' | 'other'

// A film of many hours has an index of some 20 MB; what is larger is left to the server.
const MOST_INDEX_BYTES = 64 * 2 ** 20
const FIRST = new Set(['ftyp', 'styp', 'moov', 'mdat', 'free', 'skip', 'wide', 'pnot'])
const PATH = ['trak', 'mdia', 'minf', 'stbl', 'stsd'] as const

/**
 * Reads box headers and the index, never the pictures: some kB of a film of any size. Needed beside ffprobe, which
 * shows the codec behind the encryption and not the encryption.
 */
export async function scanBoxes(film: Blob): Promise<Boxes> {
  for (let at = 0, first = true; at + 8 <= film.size; first = false) {
    const box = boxAt(await view(film, at, 16), 0, film.size - at)
    if (!box || (first && !FIRST.has(box.type))) return 'other'
    if (box.type === 'moov') return await scanIndex(film, at + box.head, box.size - box.head)
    at += box.size
  }
  return film.size < 8 ? 'other' : 'no-index'
}

async function scanIndex(film: Blob, from: number, bytes: number): Promise<Boxes> {
  if (from + bytes > film.size) return 'no-index'
  if (bytes > MOST_INDEX_BYTES) return 'fine'
  return entries(await view(film, from, bytes), [...PATH]).some((type) => type === 'encv' || type === 'enca')
    ? 'encrypted'
    : 'fine'
}

/** The sample entries' types of all tracks. */
function entries(data: DataView, path: readonly string[]): string[] {
  const [wanted, ...rest] = path
  if (wanted === undefined) return [...boxesIn(data, 8)].map(({ type }) => type)
  return [...boxesIn(data, 0)]
    .filter(({ type }) => type === wanted)
    .flatMap(({ at, head, size }) => {
      const inside = new DataView(
        data.buffer,
        data.byteOffset + at + head,
        Math.min(size - head, data.byteLength - at - head),
      )
      return entries(inside, rest)
    })
}

interface Box {
  readonly type: string
  readonly at: number
  readonly head: number
  readonly size: number
}

function* boxesIn(data: DataView, from: number): Generator<Box> {
  for (let at = from; at + 8 <= data.byteLength; ) {
    const box = boxAt(data, at, data.byteLength - at)
    if (!box) return
    yield box
    at += box.size
  }
}

/** `left` is how far a box of size 0 goes: to the end. `undefined` where no box can be. */
function boxAt(data: DataView, at: number, left: number): Box | undefined {
  if (at + 8 > data.byteLength) return undefined
  const short = data.getUint32(at)
  const long = short === 1
  if (long && at + 16 > data.byteLength) return undefined
  const size = long ? Number(data.getBigUint64(at + 8)) : short === 0 ? left : short
  const head = long ? 16 : 8
  const type = String.fromCharCode(...new Uint8Array(data.buffer, data.byteOffset + at + 4, 4))
  return size < head ? undefined : { type, at, head, size }
}

async function view(film: Blob, from: number, bytes: number): Promise<DataView> {
  return new DataView(await film.slice(from, from + bytes).arrayBuffer())
}
