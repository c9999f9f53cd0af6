/** Lets so many through at a time, in the order they came. */
export interface Gate {
  /** Runs `work` when there is room. A caller whose signal aborts while it waits gets the AbortError at once. */
  pass<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>
}

export function openGate(room: number): Gate {
  const waiting: (() => void)[] = []
  let inside = 0

  async function enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (inside < room) inside++
    else await turn(waiting, signal)
  }
  function leave(): void {
    const next = waiting.shift()
    // The place goes from hand to hand: `inside` stays as it is.
    if (next) next()
    else inside--
  }

  return {
    async pass(work, signal) {
      await enter(signal)
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}

function turn(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const called = () => {
      signal.removeEventListener('abort', aborted)
      resolve()
    }
    const aborted = () => {
      waiting.splice(waiting.indexOf(called), 1)
      reject(signal.reason)
    }
    waiting.push(called)
    signal.addEventListener('abort', aborted, { once: true })
  })
}
