import { useEffect, useRef } from 'preact/hooks'

const EVERY_MS = 15_000

/** Looks again every quarter of a minute, as long as somebody sees the page: for what changes by itself. */
export function useLookAgain(look: () => void): void {
  const latest = useRef(look)
  latest.current = look
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && latest.current(), EVERY_MS)
    return () => clearInterval(timer)
  }, [])
}
