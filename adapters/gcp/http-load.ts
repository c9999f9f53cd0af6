/**
 * Begins to load at once and gives what was loaded. A load that failed throws at whoever waits for it, and is begun again
 * by the next one: an instance must not stay broken because the database slept when it started.
 */
export function loadAhead<T>(load: () => Promise<T>): () => Promise<T> {
  let pending: Promise<T> | undefined
  const begin = () => {
    const begun = Promise.resolve().then(load)
    // Nobody may wait yet, and a rejection that nobody hears ends the process with exit code 16.
    begun.catch(() => undefined)
    return begun
  }
  pending = begin()
  return async () => {
    pending ??= begin()
    const mine = pending
    try {
      return await mine
    } catch (error) {
      if (pending === mine) pending = undefined
      throw error
    }
  }
}
