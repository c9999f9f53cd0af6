import { useEffect } from 'preact/hooks'

const AFTER_MS = [1_000, 3_000, 8_000]

/**
 * Looks again some times within seconds, while there is a reason: what the payment service does comes to the platform a
 * moment later.
 */
export function useSoon(look: () => void, reason: unknown): void {
  useEffect(() => {
    if (!reason) return
    const timers = AFTER_MS.map((ms) => setTimeout(look, ms))
    return () => timers.forEach(clearTimeout)
  }, [reason])
}
