import { type Box, boxOf, MalformedBoxes, viewOf } from './boxes.ts'

/** A movie fragment of one track and one run, as shaka-packager writes it: one group of pictures. Times in ticks. */
export interface Fragment {
  readonly moof: Box
  readonly traf: Box
  readonly tfdt: { readonly version: number; readonly start: number }
  readonly trun: Run
  readonly decodeTicks: number
  readonly durationTicks: number
  readonly samples: number
  readonly firstSampleBytes: number
  readonly startsWithKeyframe: boolean
}

interface Run {
  readonly box: Box
  /** Where in the file the data offset stands. */
  readonly dataOffsetAt: number | undefined
}

/** Throws `MalformedBoxes` when a needed field is missing. */
export function readFragment(bytes: Uint8Array, moof: Box): Fragment {
  const traf = boxOf(bytes, ['traf'], moof)
  const tfdt = boxOf(bytes, ['tfdt'], traf)
  const defaults = readDefaults(bytes, boxOf(bytes, ['tfhd'], traf))
  const trun = readRun(bytes, boxOf(bytes, ['trun'], traf))
  const version = bytes[tfdt.content] ?? 0
  const view = viewOf(bytes)
  const at = tfdt.content + 4
  const first = trun.samples[0]
  return {
    moof,
    traf,
    tfdt: { version, start: tfdt.start },
    trun,
    decodeTicks: version === 1 ? Number(view.getBigUint64(at)) : view.getUint32(at),
    durationTicks: trun.samples.reduce(
      (sum, s) => sum + known(s.duration ?? defaults.duration, 'duration'),
      0,
    ),
    samples: trun.samples.length,
    firstSampleBytes: first ? known(first.size ?? defaults.size, 'size') : 0,
    startsWithKeyframe: isSync(trun.firstFlags ?? first?.flags ?? defaults.flags),
  }
}

function known(value: number | undefined, what: string): number {
  if (value === undefined) throw new MalformedBoxes(`a sample has no ${what}`)
  return value
}

/** A sample that depends on no other: `sample_is_non_sync_sample` is not set. */
const isSync = (flags = 0) => (flags & 0x1_0000) === 0

function readDefaults(bytes: Uint8Array, tfhd: Box) {
  const take = taker(bytes, tfhd)
  // Track id, then what the flags name.
  take.always()
  if (take.flags & 0x1) take.skip(8)
  take.when(0x2)
  const [duration, size, flags] = [take.when(0x8), take.when(0x10), take.when(0x20)]
  return { duration, size, flags }
}

interface Sample {
  readonly duration: number | undefined
  readonly size: number | undefined
  readonly flags: number | undefined
}

function readRun(
  bytes: Uint8Array,
  box: Box,
): Run & { samples: readonly Sample[]; firstFlags: number | undefined } {
  const take = taker(bytes, box)
  const count = take.always()
  const dataOffsetAt = take.flags & 0x1 ? take.position() : undefined
  take.when(0x1)
  const firstFlags = take.when(0x4)
  const samples = Array.from({ length: count }, () => {
    const sample = { duration: take.when(0x100), size: take.when(0x200), flags: take.when(0x400) }
    take.when(0x800)
    return sample
  })
  return { box, dataOffsetAt, firstFlags, samples }
}

/** Reads the 32-bit fields of a full box one after another; `when` only those that the box's flags name. */
function taker(bytes: Uint8Array, box: Box) {
  const view = viewOf(bytes)
  const flags = view.getUint32(box.content) & 0xff_ffff
  let at = box.content + 4
  const always = () => {
    if (at + 4 > box.end) throw new MalformedBoxes(`box ${box.type} is cut off`)
    at += 4
    return view.getUint32(at - 4)
  }
  return {
    flags,
    always,
    when: (flag: number) => (flags & flag ? always() : undefined),
    skip: (byteCount: number) => {
      at += byteCount
    },
    position: () => at,
  }
}
