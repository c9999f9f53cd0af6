import { join } from 'node:path'

/** Where an object's files lie: `<stem>.json` describes it, `<stem>@<blob>` holds its bytes. */
export interface ObjectPlace {
  readonly folder: string
  readonly stem: string
}

/** File names hold 255 bytes at most, and a stem gets up to 40 more. */
const CHUNK = 180

/**
 * The place of a key. Each segment becomes a folder `<name>~`, the last one a stem; a name too long for one file name
 * goes on below `<chunk>+`. So `a` and `a/b` can both be there, and no key reaches outside the root.
 */
export function placeOf(root: string, key: string): ObjectPlace {
  const folders: string[] = []
  const segments = key.split('/').map(encodeSegment)
  const last = segments.pop() ?? ''
  for (const segment of segments) folders.push(...continued(segment), `${lastChunk(segment)}~`)
  folders.push(...continued(last))
  return { folder: join(root, ...folders), stem: lastChunk(last) }
}

const chunksOf = (name: string): string[] => name.match(new RegExp(`.{1,${CHUNK}}`, 'g')) ?? []
const continued = (name: string): string[] =>
  chunksOf(name)
    .slice(0, -1)
    .map((chunk) => `${chunk}+`)
const lastChunk = (name: string): string => chunksOf(name).at(-1) ?? ''

/**
 * Lower-case letters, digits and `.-_` stay, every other byte becomes `%xx`: disks of laptops fold case and normalise
 * Unicode, keys do neither.
 */
function encodeSegment(segment: string): string {
  if (/^[a-z0-9._-]*$/.test(segment)) return segment
  return [...Buffer.from(segment)]
    .map((byte) => (PLAIN[byte] ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`))
    .join('')
}

const PLAIN = Array.from({ length: 256 }, (_, byte) => /[a-z0-9._-]/.test(String.fromCharCode(byte)))

/** The inverse of the encoding, over all chunks of one segment joined. */
export function decodeSegment(name: string): string {
  if (!name.includes('%')) return name
  return Buffer.from(
    name.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString()
}

export type Entry = {
  readonly encoded: string
  readonly path: string
  readonly kind: 'object' | 'folder' | 'more'
}

/** What a file name in a folder means; `undefined` for the bytes of an object. */
export function readEntry(folder: string, name: string): Entry | undefined {
  const path = join(folder, name)
  if (name.endsWith('~')) return { encoded: name.slice(0, -1), path, kind: 'folder' }
  if (name.endsWith('+')) return { encoded: name.slice(0, -1), path, kind: 'more' }
  if (name.endsWith('.json')) return { encoded: name.slice(0, -5), path, kind: 'object' }
  return undefined
}
