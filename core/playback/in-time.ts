import type { Uses } from '../ports/ports.ts'

/** Throws when the work is not done within `ms`, or the signal aborts. The work itself is not stopped. */
export async function inTime<T>(
  { clock }: Uses<'clock'>,
  { ms, signal }: { readonly ms: number; readonly signal: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  const done = new AbortController()
  const late = clock.sleep(ms, AbortSignal.any([signal, done.signal])).then(() => LATE)
  try {
    const first = await Promise.race([work(), late])
    if (first === LATE) throw new Error(`not done within ${ms} ms`)
    return first as T
  } finally {
    done.abort()
  }
}
const LATE = Symbol('late')
