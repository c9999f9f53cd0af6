import type { Looking } from './probe-input.ts'
import { readPackets } from './probe-packets.ts'

export interface Timeline {
  readonly sizeBytes: number
  /** Seconds of the file's own clock. */
  readonly start: number
  readonly end: number
}

/** Places of the file at which its clock is read. */
const PARTS = [0.2, 0.4, 0.6, 0.8]
/** A transport stream counts 33 bits at 90 kHz, and begins at zero again after 26.5 hours: that is no new beginning. */
const WRAP_SECONDS = 2 ** 33 / 90_000
const SLIP_SECONDS = 1

/**
 * Whether the clock of a long transport stream starts again on the way, as where recordings were put one after the other.
 * Its length says nothing of it: that is only the last time less the first. Looks at four places.
 */
export async function clockRestarts(looking: Looking, { sizeBytes, start, end }: Timeline): Promise<boolean> {
  let at = start
  for (const part of PARTS) {
    const time = await timeAt(looking, Math.floor(sizeBytes * part))
    if (time === undefined) continue
    const step = (time - at) % WRAP_SECONDS
    at += step < -WRAP_SECONDS / 2 ? step + WRAP_SECONDS : step
    if (step > -WRAP_SECONDS / 2 && step < -SLIP_SECONDS) return true
    if (at > end + SLIP_SECONDS) return true
  }
  return false
}

/** Time of the first packets behind a byte. Packets of a transport stream are found from anywhere. */
async function timeAt(looking: Looking, byte: number): Promise<number | undefined> {
  const from = ['-probesize', '1000000', '-skip_initial_bytes', String(byte)]
  const { streams } = await readPackets({ ...looking, input: [...from, ...looking.input] }, '%+#20')
  const times = [...streams.values()].flatMap((packets) => packets.times.slice(0, 1))
  return times.length > 0 ? Math.min(...times) : undefined
}
