/**
 * Loads at the first call and gives the same to all. A load that failed throws at whoever waits for it, and is begun again
 * by the next one: a process must not stay broken because the database slept when it started.
 */
export const loadOnce = <T>(load: () => Promise<T>): (() => Promise<T>) => keep(async () => load())

/**
 * The same, begun at once, so that business code and platform start side by side. A failure is told to the first who
 * asks, and to `failed` when it happens.
 */
export function loadAhead<T>(
  load: () => Promise<T>,
  failed: (error: unknown) => void = () => undefined,
): () => Promise<T> {
  const begin = async () => load()
  const begun = begin()
  // Nobody may wait yet, and a rejection that nobody hears would end the process.
  begun.catch(failed)
  return keep(begin, begun)
}

function keep<T>(begin: () => Promise<T>, begun?: Promise<T>): () => Promise<T> {
  let loading = begun
  return async () => {
    loading ??= begin()
    const mine = loading
    try {
      return await mine
    } catch (error) {
      if (loading === mine) loading = undefined
      throw error
    }
  }
}
