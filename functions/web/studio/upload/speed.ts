/** Bytes a second over the last seconds, so that the time left neither jumps nor lags. */
export interface Speed {
  /** `at` in milliseconds of any steady clock. */
  note(bytes: number, at: number): void
  /** `undefined` until enough was seen. */
  bytesPerSecond(): number | undefined
}

const WINDOW_MS = 8_000
const LEAST_MS = 800

export function openSpeed(): Speed {
  let notes: { bytes: number; at: number }[] = []
  return {
    note(bytes, at) {
      const last = notes.at(-1)
      // Falling back means that a part starts again: what was seen before says nothing any more.
      if (last && bytes < last.bytes) notes = []
      notes = [...notes.filter((n) => at - n.at <= WINDOW_MS), { bytes, at }]
    },
    bytesPerSecond() {
      const [first, last] = [notes[0], notes.at(-1)]
      if (!first || !last || last.at - first.at < LEAST_MS) return undefined
      return ((last.bytes - first.bytes) * 1000) / (last.at - first.at)
    },
  }
}
