import type { Segment } from '../../core/ports/media.ts'
import { boxesIn, copyOf, makeBox, viewOf } from './boxes.ts'
import { type Fragment, readFragment } from './fragment.ts'

/** Where a chunk's segment belongs on the film's timeline. */
export interface Place {
  /** Added to the segment's own times. */
  readonly startTicks: number
  /** Number of the first movie fragment, over the whole film, from 1. */
  readonly firstFragment: number
}

export interface Retimed extends Omit<Segment, 'number'> {
  readonly bytes: Uint8Array
  /** Decode time of its first sample at its new place. */
  readonly startTicks: number
  readonly samples: number
  readonly fragments: number
}

/**
 * Moves a media segment that begins at zero to its place: decode times and fragment numbers. Sample data are taken over
 * untouched. An index (`sidx`) is left out: playlists know as much, and it would be wrong.
 * Throws `MalformedBoxes` for a segment of another form than shaka-packager's.
 */
export function retimeSegment(segment: Uint8Array, place: Place): Retimed {
  const parts: Uint8Array[] = []
  const fragments: Fragment[] = []
  const keyframes: Segment['keyframes'][number][] = []
  let offset = 0
  for (const box of boxesIn(segment)) {
    if (box.type === 'sidx') continue
    const fragment = box.type === 'moof' ? readFragment(segment, box) : undefined
    const bytes = fragment
      ? moveFragment(segment, fragment, place, fragments.length)
      : segment.subarray(box.start, box.end)
    if (fragment) {
      if (fragment.startsWithKeyframe) keyframes.push(keyframeAt(offset, bytes.byteLength, fragment))
      fragments.push(fragment)
    }
    parts.push(bytes)
    offset += bytes.byteLength
  }
  const sum = (of: (fragment: Fragment) => number) => fragments.reduce((total, f) => total + of(f), 0)
  return {
    bytes: Buffer.concat(parts),
    sizeBytes: offset,
    startTicks: (fragments[0]?.decodeTicks ?? 0) + place.startTicks,
    durationTicks: sum((f) => f.durationTicks),
    samples: sum((f) => f.samples),
    fragments: fragments.length,
    keyframes,
  }
}

const MDAT_HEAD = 8

const keyframeAt = (offset: number, moofBytes: number, { firstSampleBytes, durationTicks }: Fragment) => ({
  offset,
  sizeBytes: moofBytes + MDAT_HEAD + firstSampleBytes,
  durationTicks,
})

/** The movie fragment anew, with 64-bit decode time: at 90 000 ticks a second 32 bits end after 13 hours. */
function moveFragment(bytes: Uint8Array, fragment: Fragment, place: Place, index: number): Uint8Array {
  const { moof, traf, tfdt, trun } = fragment
  const grown = tfdt.version === 1 ? 0 : 4
  const children = boxesIn(bytes, traf.content, traf.end).map((box) => {
    if (box.type === 'tfdt') return decodeTime(fragment.decodeTicks + place.startTicks)
    const copy = copyOf(bytes, box)
    if (box.type === 'saio') return withAuxiliaryAt(copy, tfdt.start - moof.start, grown)
    return box.start === trun.box.start ? withDataAt(copy, fragment, grown) : copy
  })
  const rest = boxesIn(bytes, moof.content, moof.end).map((box) => {
    if (box.type === 'traf') return makeBox('traf', ...children)
    const copy = copyOf(bytes, box)
    if (box.type === 'mfhd') viewOf(copy).setUint32(12, place.firstFragment + index)
    return copy
  })
  return makeBox('moof', ...rest)
}

function decodeTime(ticks: number): Uint8Array {
  const content = new Uint8Array(12)
  content[0] = 1
  viewOf(content).setBigUint64(4, BigInt(ticks))
  return makeBox('tfdt', content)
}

/** Sample data lie further from the head by what that has grown. */
function withDataAt(trun: Uint8Array, { trun: { box, dataOffsetAt } }: Fragment, grown: number): Uint8Array {
  if (dataOffsetAt === undefined) return trun
  const view = viewOf(trun)
  const at = dataOffsetAt - box.start
  view.setInt32(at, view.getInt32(at) + grown)
  return trun
}

/**
 * Offsets of the encryption's data about each sample, counted from the movie fragment's start (ISO/IEC 14496-12,
 * 8.7.9): what lies behind the decode time has moved. A player that finds them wrong decrypts to noise.
 */
function withAuxiliaryAt(saio: Uint8Array, decodeTimeAt: number, grown: number): Uint8Array {
  const view = viewOf(saio)
  const wide = saio[8] === 1
  // Version and flags; with the first flag two more fields say whose data these are.
  const countAt = 12 + ((saio[11] ?? 0) & 1 ? 8 : 0)
  for (let i = 0; i < view.getUint32(countAt); i++) {
    const at = countAt + 4 + i * (wide ? 8 : 4)
    const offset = wide ? Number(view.getBigUint64(at)) : view.getUint32(at)
    if (offset <= decodeTimeAt) continue
    if (wide) view.setBigUint64(at, BigInt(offset + grown))
    else view.setUint32(at, offset + grown)
  }
  return saio
}
