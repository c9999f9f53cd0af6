/** A picture file by its first bytes. Sizes are missing where the format hides them deeper. */
export interface Picture {
  readonly format: string
  readonly width?: number
  readonly height?: number
  /** It may hold more than one picture: whether it does shows later. */
  readonly moving?: true
}

/**
 * Recognises a picture without decoding it: a PNG of a hundred thousand pixels a side has 50 bytes and would fill
 * 40 GB.
 */
export function pictureOf(head: Uint8Array): Picture | undefined {
  const bytes = Buffer.from(head)
  for (const { magic, at = 0, read } of PICTURES) {
    if (bytes.subarray(at, at + magic.length).equals(Buffer.from(magic, 'latin1'))) return read(bytes)
  }
  return undefined
}

const PICTURES: readonly { magic: string; at?: number; read: (bytes: Buffer) => Picture | undefined }[] = [
  { magic: '\x89PNG\r\n\x1a\n', read: png },
  { magic: 'GIF8', read: gif },
  { magic: '\xff\xd8\xff', read: jpeg },
  { magic: 'RIFF', read: webp },
  { magic: 'BM', read: bmp },
  { magic: 'II*\0', read: () => ({ format: 'tiff' }) },
  { magic: 'MM\0*', read: () => ({ format: 'tiff' }) },
  { magic: '8BPS', read: () => ({ format: 'psd' }) },
  { magic: 'ftyp', at: 4, read: heif },
]

const u16be = (bytes: Buffer, at: number) => (at + 2 <= bytes.length ? bytes.readUInt16BE(at) : 0)
const u32be = (bytes: Buffer, at: number) => (at + 4 <= bytes.length ? bytes.readUInt32BE(at) : 0)
const text = (bytes: Buffer, at: number) => bytes.toString('latin1', at, at + 4)

const u16le = (bytes: Buffer, at: number) => (at + 2 <= bytes.length ? bytes.readUInt16LE(at) : 0)

function png(bytes: Buffer): Picture {
  const data = bytes.indexOf('IDAT')
  const size = { width: u32be(bytes, 16), height: u32be(bytes, 20) }
  const animated = bytes.subarray(0, data < 0 ? bytes.length : data).includes('acTL')
  return { format: 'png', ...size, ...(animated ? { moving: true } : {}) }
}

function gif(bytes: Buffer): Picture {
  return { format: 'gif', width: u16le(bytes, 6), height: u16le(bytes, 8), moving: true }
}

function jpeg(bytes: Buffer): Picture {
  // Segments: FF, marker, length. Those from C0 to CF hold the size, but for the tables C4, C8 and CC.
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; at += 2 + u16be(bytes, at + 2)) {
    const marker = bytes[at + 1] ?? 0
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { format: 'jpeg', width: u16be(bytes, at + 7), height: u16be(bytes, at + 5) }
  }
  return { format: 'jpeg' }
}

function webp(bytes: Buffer): Picture | undefined {
  if (text(bytes, 8) !== 'WEBP') return undefined
  if (text(bytes, 12) !== 'VP8X' || bytes.length < 30) return { format: 'webp' }
  return { format: 'webp', width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 }
}

function bmp(bytes: Buffer): Picture | undefined {
  const plain = bytes.length >= 54 && bytes.readUInt32LE(14) >= 40 && bytes.readUInt16LE(26) === 1
  if (!plain) return undefined
  return { format: 'bmp', width: bytes.readUInt32LE(18), height: Math.abs(bytes.readInt32LE(22)) }
}

const HEIF_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'mif1', 'avif', 'jpeg', 'crx '])
function heif(bytes: Buffer): Picture | undefined {
  const brand = text(bytes, 8)
  return HEIF_BRANDS.has(brand) ? { format: brand.trim() } : undefined
}

const MP4_BOXES = ['ftyp', 'moov', 'mdat', 'free', 'skip', 'wide', 'moof', 'styp', 'sidx', 'pnot']
const MAGICS = ['\x1aE\xdf\xa3', 'RIFF', 'OggS', 'FLV', '\0\0\x01\xba', '\x30\x26\xb2\x75', 'fLaC', 'ID3']
const MORE_MAGICS = ['.RMF', 'FORM', 'caff', '\x06\x0e\x2b\x34', 'GIF8', '\x89PNG']

/** Whether the first bytes are those of a film or sound: then one that cannot be read is damaged, and not another thing. */
export function looksLikeMedia(head: Uint8Array): boolean {
  const start = Buffer.from(head.subarray(0, 12)).toString('latin1')
  if (MP4_BOXES.includes(start.slice(4, 8))) return true
  return [...MAGICS, ...MORE_MAGICS].some((magic) => start.startsWith(magic))
}
