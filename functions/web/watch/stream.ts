import { useEffect, useState } from 'preact/hooks'
import type { Playback } from '../../../core/video/wire.ts'

export interface Stream {
  /** What is on the screen; a newer playback waits until it suits the viewer. */
  readonly shown: Playback
  /** Better qualities are there, and not on the screen yet. */
  readonly better: boolean
  /** It broke off time and again, fresh addresses or not. */
  readonly stuck: boolean
  /** Puts the newest playback on the screen. */
  readonly takeNewest: () => void
  readonly onStopped: () => void
  readonly tryAgain: () => void
}

const TRIES = 3
const CALM_MS = 60_000

/** Decides what of the playbacks of a film is shown. `renew` must bring a fresh `newest`. */
export function useStream(newest: Playback, renew: () => void): Stream {
  const [shown, setShown] = useState(newest)
  // Breaks in a row; a break after a calm minute is the first one again: its addresses have expired.
  const [breaks, setBreaks] = useState({ count: 0, at: 0 })
  const [waiting, setWaiting] = useState(false)
  useEffect(() => {
    if (!waiting || newest === shown) return
    setWaiting(false)
    setShown(newest)
  }, [waiting, newest])

  const stuck = breaks.count >= TRIES
  const askAnew = () => {
    setWaiting(true)
    renew()
  }
  return {
    shown,
    better: newest.status === 'ready' && shown.status === 'playable',
    stuck,
    takeNewest: () => setShown(newest),
    onStopped() {
      const at = performance.now()
      const count = at - breaks.at > CALM_MS ? 1 : breaks.count + 1
      setBreaks({ count, at })
      if (count < TRIES) askAnew()
    },
    tryAgain() {
      setBreaks({ count: 0, at: 0 })
      askAnew()
    },
  }
}
