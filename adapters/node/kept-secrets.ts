import type { Clock } from '../../core/ports/clock.ts'
import { SecretMissing, type SecretName, type Secrets } from '../../core/ports/secrets.ts'

/** A secret that was changed is used by every process after so long. */
const KEPT_MS = 5 * 60_000
/** How long the last known value goes on while the store does not answer, before it is asked again. */
const STALE_MS = 30_000

interface Known {
  readonly value: Promise<string>
  readonly until: number
}

/**
 * Secrets kept for five minutes; calls that come together are one request. A failure is not kept. Where a value is known
 * already, a store that fails is bridged by it, and asked again after half a minute: a minute without the store must not
 * be a minute without sign-ins. A secret that is gone (`SecretMissing`) is gone.
 */
export function keepSecrets(read: (name: SecretName) => Promise<string>, clock: Pick<Clock, 'now'>): Secrets {
  const known = new Map<SecretName, Known>()
  const now = () => clock.now().getTime()
  const load = (name: SecretName, before: Known | undefined): Promise<string> => {
    const value = read(name).catch((error: unknown) => {
      const isLatest = known.get(name)?.value === value
      if (!before || error instanceof SecretMissing) {
        if (isLatest) known.delete(name)
        throw error
      }
      if (isLatest) known.set(name, { value: before.value, until: now() + STALE_MS })
      return before.value
    })
    known.set(name, { value, until: now() + KEPT_MS })
    return value
  }
  return {
    async get(name) {
      const found = known.get(name)
      return found && now() < found.until ? found.value : load(name, found)
    },
  }
}
