import type { Watch } from '../ports/media.ts'
import type { Ports } from '../ports/ports.ts'
import type { Log } from '../run/log.ts'
import { type Lease, renewLease, type Work, writeProgress } from './unit-store.ts'

/** The unit belongs to somebody else now, or to nobody: the film was cancelled. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

/** Writing more often than this would make the database the busiest part of a transcode. */
const BEAT_MS = 1000

/**
 * Keeps a unit's lease alive and writes its progress, about once a second. Its signal aborts with `LeaseLost` when the
 * lease is gone, and with the worker's own reason when that is told to stop. `stop` resolves when no write is under way.
 */
export function heartbeat(
  ports: Ports,
  lease: Lease,
  about: { work: Work; signal: AbortSignal; log: Log },
): Watch & { stop(): Promise<void> } {
  const lost = new AbortController()
  const ended = new AbortController()
  const signal = AbortSignal.any([about.signal, lost.signal])
  let fraction = 0
  const beat = async () => {
    if (!(await renewLease(ports, lease, fraction)))
      lost.abort(new LeaseLost('the lease was taken over or cancelled'))
    else await writeProgress(ports, about.work)
  }
  const beating = (async () => {
    while (!ended.signal.aborted) {
      await ports.clock.sleep(BEAT_MS, ended.signal)
      if (ended.signal.aborted) return
      await beat().catch((error: unknown) =>
        about.log.warn('heartbeat failed, next one in a second', { error }),
      )
    }
  })()
  const progress = (done: number) => {
    fraction = Math.max(fraction, Math.min(1, done))
  }
  const stop = async () => {
    ended.abort()
    await beating
  }
  return { signal, progress, stop }
}
