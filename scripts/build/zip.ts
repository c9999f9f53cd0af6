import { promisify } from 'node:util'
import { crc32, deflateRaw } from 'node:zlib'

export interface ZipEntry {
  /** With `/`, relative to the root of the archive. */
  readonly path: string
  readonly bytes: Uint8Array
  /** 0o644 where it is left out. */
  readonly mode?: number
}

/** The first of January 1980, the oldest date that a zip can tell: the real one would change the hash of each build. */
const DATE = (1 << 5) | 1
const MADE_BY_UNIX = 3 << 8
const VERSION = 20
const UTF8_NAMES = 1 << 11
const DEFLATE = 8

/** A zip whose bytes follow from its entries alone: sorted, without times. APPNOTE 6.3.10, no zip64: below 4 GB. */
export async function zip(entries: readonly ZipEntry[]): Promise<Buffer> {
  const sorted = entries.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const packed = await Promise.all(sorted.map(({ bytes }) => pack(bytes)))
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [at, entry] of sorted.entries()) {
    const { local, central } = record(entry, packed[at] ?? Buffer.alloc(0), offset)
    parts.push(...local)
    directory.push(central)
    offset += local.reduce((sum, part) => sum + part.length, 0)
  }
  const index = Buffer.concat(directory)
  return Buffer.concat([...parts, index, end(sorted.length, index.length, offset)])
}

const deflate = promisify(deflateRaw)
const packedBefore = new WeakMap<Uint8Array, Promise<Buffer>>()

/** Once for bytes that lie in several zips: three seconds, where it is the core of ffmpeg. */
function pack(bytes: Uint8Array): Promise<Buffer> {
  const known = packedBefore.get(bytes) ?? deflate(bytes, { level: 9 })
  packedBefore.set(bytes, known)
  return known
}

function record({ path, bytes, mode = 0o644 }: ZipEntry, packed: Buffer, offset: number) {
  const name = Buffer.from(path)
  const facts = Buffer.alloc(26)
  facts.writeUInt16LE(VERSION, 0)
  facts.writeUInt16LE(UTF8_NAMES, 2)
  facts.writeUInt16LE(DEFLATE, 4)
  facts.writeUInt16LE(DATE, 8)
  facts.writeUInt32LE(crc32(bytes), 10)
  facts.writeUInt32LE(packed.length, 14)
  facts.writeUInt32LE(bytes.length, 18)
  facts.writeUInt16LE(name.length, 22)
  return {
    local: [Buffer.from('PK\x03\x04'), facts, name, packed],
    central: central(facts, name, mode, offset),
  }
}

function central(facts: Buffer, name: Buffer, mode: number, offset: number): Buffer {
  const head = Buffer.alloc(6)
  head.write('PK\x01\x02', 'latin1')
  head.writeUInt16LE(MADE_BY_UNIX | VERSION, 4)
  const tail = Buffer.alloc(14)
  tail.writeUInt32LE(((0o100_000 | mode) << 16) >>> 0, 6)
  tail.writeUInt32LE(offset, 10)
  return Buffer.concat([head, facts, tail, name])
}

function end(count: number, length: number, offset: number): Buffer {
  const record = Buffer.alloc(22)
  record.write('PK\x05\x06', 'latin1')
  record.writeUInt16LE(count, 8)
  record.writeUInt16LE(count, 10)
  record.writeUInt32LE(length, 12)
  record.writeUInt32LE(offset, 16)
  return record
}
