import type { Log } from '../../core/run/log.ts'

/**
 * Begins to load at once, while the host still starts the app, and hands the outcome to the first call. A failure is
 * logged when it happens; who asked gets it, and who asks next has it tried again.
 */
export function loadEarly<T>(load: () => Promise<T>, log: Log): () => Promise<T> {
  const begin = () => {
    const begun = Promise.resolve().then(load)
    begun.catch((error) => log.error('the function could not be loaded', { error }))
    return begun
  }
  let loading: Promise<T> | undefined = begin()
  return () => {
    const current = loading ?? begin()
    loading = current
    current.catch(() => {
      if (loading === current) loading = undefined
    })
    return current
  }
}
