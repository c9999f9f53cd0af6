export interface Step {
  readonly step: string
  readonly seconds: number
}

export interface Steps {
  /** Those that are over, in the order in which they ended. */
  readonly done: readonly Step[]
  /**
   * Does one step. Rejects, with the step's name, when it fails or is not over within `limitSeconds`; the signal that the
   * work is given is aborted then, and when the run ends.
   */
  take<T>(step: string, limitSeconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T>
}

/** Where steps are told of. */
export interface Telling {
  readonly begun: (step: string) => void
  readonly over: (step: Step) => void
}

export function openSteps(ending: AbortSignal, tell: Telling): Steps {
  const done: Step[] = []
  const take: Steps['take'] = async (step, limitSeconds, work) => {
    tell.begun(step)
    const from = performance.now()
    const late = new AbortController()
    const timer = setTimeout(
      () => late.abort(new Error(`not over after ${limitSeconds} s`)),
      limitSeconds * 1000,
    )
    try {
      const signal = AbortSignal.any([ending, late.signal])
      const result = await orAborted(work(signal), signal)
      const over = { step, seconds: Math.round((performance.now() - from) / 10) / 100 }
      done.push(over)
      tell.over(over)
      return result
    } catch (cause) {
      ending.throwIfAborted()
      throw new Error(`failed: ${step}`, { cause })
    } finally {
      clearTimeout(timer)
    }
  }
  return { done, take }
}

/** Work that does not listen to its signal must not hold the run. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>()
  const stop = () => aborted.reject(signal.reason)
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  // Whichever loses the race must not become an unhandled rejection.
  aborted.promise.catch(() => undefined)
  work.catch(() => undefined)
  return Promise.race([work, aborted.promise]).finally(() => signal.removeEventListener('abort', stop))
}
