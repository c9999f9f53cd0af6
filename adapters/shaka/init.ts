import { createHash } from 'node:crypto'
import type { TrackProtection } from '../../core/ports/media.ts'
import { type Box, boxesIn, boxOf, copyOf, findBox, makeBox, viewOf } from './boxes.ts'
import { formatOf, type TrackFormat } from './codecs.ts'
import { protectionOf } from './protection.ts'

/** An init segment that is the same for all chunks of a track, and what it says. */
export interface Init extends TrackFormat {
  readonly bytes: Uint8Array
  readonly sha256: string
  /** Ticks a second. */
  readonly timescale: number
  /** Ticks by which the packager's own edit list moves the track towards zero: B-frame delay or AAC priming. */
  readonly ownEditTicks: number
  readonly protection?: TrackProtection
}

/**
 * Makes the packager's init segment one for all chunks: without times of creation, without the chunk's own duration and
 * without the packager's version. `editTicks`, if given, replaces the edit list: a chunk of one or two frames has no
 * B-frame delay, and would have another init segment than its neighbours.
 */
export function readInit(init: Uint8Array, editTicks?: number): Init {
  const bytes = rebuild(init, boxesIn(init), editTicks)
  const mdhd = boxOf(init, ['moov', 'trak', 'mdia', 'mdhd'])
  const timescale = viewOf(init).getUint32(mdhd.content + (init[mdhd.content] === 1 ? 20 : 12))
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const protection = protectionOf(init)
  const facts = { ...formatOf(init), bytes, sha256, timescale, ownEditTicks: ownEditTicks(init) }
  return protection ? { ...facts, protection } : facts
}

const CONTAINERS = new Set(['moov', 'trak', 'mdia', 'mvex'])
const DROPPED = new Set(['meta', 'mehd'])
const TIMED = new Set(['mvhd', 'tkhd', 'mdhd'])

function rebuild(bytes: Uint8Array, boxes: readonly Box[], editTicks: number | undefined): Uint8Array {
  return Buffer.concat(
    boxes.map((box) => {
      if (DROPPED.has(box.type)) return new Uint8Array()
      if (box.type === 'edts' && editTicks !== undefined) return new Uint8Array()
      if (CONTAINERS.has(box.type))
        return makeBox(box.type, rebuild(bytes, boxesIn(bytes, box.content, box.end), editTicks))
      const copy = copyOf(bytes, box)
      if (!TIMED.has(box.type)) return copy
      const edit = box.type === 'tkhd' && editTicks !== undefined ? editList(editTicks) : new Uint8Array()
      return Buffer.concat([withoutTimes(copy), edit])
    }),
  )
}

/** Creation and modification time follow version and flags: 32 bits each in version 0, 64 in version 1. */
function withoutTimes(box: Uint8Array): Uint8Array {
  return box.fill(0, 12, box[8] === 1 ? 28 : 20)
}

/** One edit without end: presentation begins `ticks` after the first composition time that a decoder could have. */
function editList(ticks: number): Uint8Array {
  const content = new Uint8Array(20)
  const view = viewOf(content)
  view.setUint32(4, 1)
  view.setInt32(12, ticks)
  view.setUint32(16, 0x1_0000)
  return makeBox('edts', makeBox('elst', content))
}

function ownEditTicks(init: Uint8Array): number {
  const elst = findBox(init, ['moov', 'trak', 'edts', 'elst'])
  if (!elst) return 0
  const view = viewOf(init)
  const at = elst.content
  return init[at] === 1 ? Number(view.getBigInt64(at + 16)) : view.getInt32(at + 12)
}
