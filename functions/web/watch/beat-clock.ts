import { pause } from '../kit/wait.ts'

export interface BeatClock {
  /** Rejects with an AbortError as soon as the clock is stopped. */
  wait(milliseconds: number): Promise<void>
  stop(): void
}

/** Waits that are as long in a page that nobody looks at. Where the worker cannot start, the page's own timer waits. */
export function openBeatClock(): BeatClock {
  const stopped = new AbortController()
  const worker = new Worker(new URL('./beat-worker.ts', import.meta.url), { type: 'module' })
  let turn = 0
  return {
    async wait(milliseconds) {
      const mine = ++turn
      const over = new AbortController()
      const rung = new Promise<void>((resolve) => {
        const on = ({ data }: MessageEvent<number>) => data === mine && resolve()
        worker.addEventListener('message', on, { signal: over.signal })
      })
      worker.postMessage({ turn: mine, milliseconds })
      const timer = pause(milliseconds, AbortSignal.any([stopped.signal, over.signal]))
      await Promise.race([rung, timer]).finally(() => {
        // The one that lost is told so, which nobody waits for any more.
        timer.catch(() => undefined)
        over.abort()
      })
    },
    stop() {
      stopped.abort()
      worker.terminate()
    },
  }
}
