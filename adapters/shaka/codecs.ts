import { type Box, boxesIn, boxOf, MalformedBoxes, viewOf } from './boxes.ts'

/** What the one sample entry of an init segment says of its track. `codecs` as in RFC 6381. */
export interface TrackFormat {
  readonly codecs: string
  readonly width?: number
  readonly height?: number
  readonly channels?: number
  readonly sampleRate?: number
}

/** Reads `avc1.64001F` and size, or `mp4a.40.2` and channels. Throws `MalformedBoxes` for other codecs. */
export function formatOf(init: Uint8Array): TrackFormat {
  const entry = sampleEntryOf(init)
  const type = entry && originalType(init, entry)
  const read = type && READERS[type]
  if (!read) throw new MalformedBoxes(`no reader for sample entry ${type}`)
  return read(init, entry)
}

/** The first sample entry; absent where the sample description is empty. */
export function sampleEntryOf(init: Uint8Array): Box | undefined {
  const stsd = boxOf(init, ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd'])
  return boxesIn(init, stsd.content + 8, stsd.end)[0]
}

/** Of an encrypted track (`encv`, `enca`) what its samples are once they are decrypted. */
function originalType(init: Uint8Array, entry: Box): string {
  const sinf = schemeInformationOf(init, entry)
  if (!sinf) return entry.type
  const { content } = boxOf(init, ['frma'], sinf)
  return String.fromCharCode(...init.subarray(content, content + 4))
}

type Reader = (init: Uint8Array, entry: Box) => TrackFormat
const READERS: Readonly<Record<string, Reader>> = { avc1: avc1, mp4a: mp4a }

// Fixed fields of a visual and of an audio sample entry, before the boxes inside it.
const VISUAL_BYTES = 78
const AUDIO_BYTES = 28

/** The protection scheme information (`sinf`) of a sample entry; absent where the track is clear. */
export function schemeInformationOf(init: Uint8Array, entry: Box): Box | undefined {
  if (entry.type === 'encv') return boxOf(init, ['sinf'], inside(entry, VISUAL_BYTES))
  if (entry.type === 'enca') return boxOf(init, ['sinf'], inside(entry, AUDIO_BYTES))
  return undefined
}

function avc1(init: Uint8Array, entry: Box): TrackFormat {
  const { content } = boxOf(init, ['avcC'], inside(entry, VISUAL_BYTES))
  const profile = Buffer.from(init.subarray(content + 1, content + 4))
    .toString('hex')
    .toUpperCase()
  const view = viewOf(init)
  const width = view.getUint16(entry.content + 24)
  const height = view.getUint16(entry.content + 26)
  return { codecs: `avc1.${profile}`, width, height }
}

function mp4a(init: Uint8Array, entry: Box): TrackFormat {
  const esds = boxOf(init, ['esds'], inside(entry, AUDIO_BYTES))
  const view = viewOf(init)
  return {
    codecs: `mp4a.${audioObject(init, esds)}`,
    channels: view.getUint16(entry.content + 16),
    // 16.16 fixed point.
    sampleRate: view.getUint16(entry.content + 24),
  }
}

const inside = (entry: Box, fixed: number): Box => ({ ...entry, content: entry.content + fixed })

const ES = 3
const DECODER_CONFIG = 4
const DECODER_SPECIFIC = 5

/** `40.2`: the object type indication in hex, then the audio object type of the AudioSpecificConfig. */
function audioObject(bytes: Uint8Array, esds: Box): string {
  const es = descriptor(bytes, esds.content + 4, ES)
  const flags = bytes[es + 2] ?? 0
  const optional =
    (flags & 0x80 ? 2 : 0) + (flags & 0x40 ? 1 + (bytes[es + 3] ?? 0) : 0) + (flags & 0x20 ? 2 : 0)
  const decoder = descriptor(bytes, es + 3 + optional, DECODER_CONFIG)
  const specific = descriptor(bytes, decoder + 13, DECODER_SPECIFIC)
  const type = (bytes[specific] ?? 0) >> 3
  // 31 says that the type follows in the next 6 bits.
  const long = 32 + ((viewOf(bytes).getUint16(specific) >> 5) & 0x3f)
  return `${(bytes[decoder] ?? 0).toString(16)}.${type === 31 ? long : type}`
}

/** Where the content of the MPEG-4 descriptor at `at` begins; its length takes one to four bytes. */
function descriptor(bytes: Uint8Array, at: number, tag: number): number {
  if (bytes[at] !== tag) throw new MalformedBoxes(`descriptor ${bytes[at]} where ${tag} was due`)
  let content = at + 1
  while ((bytes[content] ?? 0) & 0x80) content++
  return content + 1
}
