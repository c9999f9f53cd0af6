/** The work, or the reason of the abort where that comes first: work that does not heed its signal is left to itself. */
export async function endOnAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const stop = () => reject(signal.reason)
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  // Whichever loses the race must not become an unhandled rejection.
  aborted.catch(() => undefined)
  work.catch(() => undefined)
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', stop))
}
