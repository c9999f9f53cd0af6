import type { Clock } from '../../core/ports/clock.ts'

/** An entry of a batch that the service did not take, while it may have taken its neighbours. */
export interface Refusal<T> {
  readonly entry: T
  readonly code: string
  readonly message: string
  /** Whether the same entry may be taken when it is sent again. */
  readonly again: boolean
}

interface Limits<T> {
  readonly count: number
  readonly bytes: number
  bytesOf(entry: T): number
}

/** The entries in their order, in as few batches as the limits allow. An entry that is longer by itself goes alone. */
export function batchesOf<T>(entries: readonly T[], { count, bytes, bytesOf }: Limits<T>): T[][] {
  const batches: T[][] = []
  let room = 0
  for (const entry of entries) {
    const size = bytesOf(entry)
    const last = batches.at(-1)
    if (last && last.length < count && size <= room) last.push(entry)
    else {
      batches.push([entry])
      room = bytes
    }
    room -= size
  }
  return batches
}

/** Milliseconds before each further try; the relay's sweep comes back a minute later anyway. */
const PAUSES = [50, 200, 800]

/** Sends a batch, then what was refused of it, until all is taken. Throws when something is not, and says why. */
export async function sendAll<T>(
  batch: readonly T[],
  send: (entries: readonly T[]) => Promise<Refusal<T>[]>,
  clock: Pick<Clock, 'sleep'>,
): Promise<void> {
  let left = await send(batch)
  for (const pause of PAUSES) {
    if (left.length === 0 || left.some(({ again }) => !again)) break
    await clock.sleep(pause)
    left = await send(left.map(({ entry }) => entry))
  }
  if (left.length === 0) return
  const reasons = [...new Set(left.map(({ code, message }) => `${code}: ${message}`))].join('; ')
  throw new Error(`the bus did not take ${left.length} of ${batch.length} events: ${reasons}`)
}
