import type { Looking } from './probe-input.ts'
import { type Packets, type PacketsRead, readPackets } from './probe-packets.ts'

/** From where to where a film really reaches, in seconds of the file's own clock. */
export interface Span {
  readonly end: number
  /** End of each stream that was seen at the film's end. */
  readonly streamEnds: ReadonlyMap<number, number>
  /** Packets at the film's two ends; the same twice for a film that was read whole. */
  readonly head: ReadonlyMap<number, Packets>
  readonly tail: ReadonlyMap<number, Packets>
  readonly whole: boolean
  readonly cutOff: boolean
}

export interface Promised {
  readonly start: number
  /** What the container says; `undefined` where it says nothing, or only guesses from a bit rate. */
  readonly end: number | undefined
  readonly kept: ReadonlySet<number>
}

const SHORT_SECONDS = 12
const END_SECONDS = 3

/** Reads packets of both ends, or of all where the film is short or tells no length. `undefined`: there are none. */
export async function spanOf(looking: Looking, promised: Promised): Promise<Span | undefined> {
  const { start, end } = promised
  if (end === undefined || end - start <= SHORT_SECONDS) {
    const all = await readPackets(looking)
    return spanned({ head: all, tail: all, whole: true }, promised)
  }
  const head = await readPackets(looking, `%+${END_SECONDS}`)
  const tail = await readPackets(looking, `${end - END_SECONDS}%`)
  const found = spanned({ head, tail, whole: false }, promised)
  return found ?? spanned({ head, tail: await lastPackets(looking, promised, end), whole: false }, promised)
}

/**
 * The packets before the place where a cut film really ends. Seeking behind that place finds nothing, so it is closed in
 * on by halves; a container that cannot seek answers nothing anywhere, and is read from its beginning.
 */
async function lastPackets(looking: Looking, { start }: Promised, end: number): Promise<PacketsRead> {
  let [some, none] = [start, end - END_SECONDS]
  while (none - some > END_SECONDS) {
    const middle = (some + none) / 2
    const { streams } = await readPackets(looking, `${middle}%+#1`)
    if (streams.size > 0) some = middle
    else none = middle
  }
  return readPackets(looking, some > start ? `${some}%` : undefined)
}

function spanned(
  { head, tail, whole }: { head: PacketsRead; tail: PacketsRead; whole: boolean },
  { kept }: Promised,
): Span | undefined {
  const ends = [...tail.streams].flatMap(([index, { end }]) =>
    kept.has(index) && end !== undefined ? [[index, end] as const] : [],
  )
  if (ends.length === 0) return undefined
  return {
    end: Math.max(...ends.map(([, end]) => end)),
    streamEnds: new Map(ends),
    head: head.streams,
    tail: tail.streams,
    whole,
    cutOff: tail.cutOff,
  }
}
