import { loadAhead } from '../node/load-once.ts'

export interface Loading<T> {
  /** Once it is there: an event that comes later does not wait for a promise. */
  readonly value: T | undefined
  /** Throws what the load threw; then the next caller loads again. */
  get(): Promise<T>
}

/** Loads at once, so that business code and platform start side by side. */
export function startLoading<T>(load: () => Promise<T>): Loading<T> {
  let value: T | undefined
  const loaded = loadAhead(async () => {
    value = await load()
    return value
  })
  return {
    get value() {
      return value
    },
    async get() {
      try {
        return await loaded()
      } catch (cause) {
        throw new Error('the function could not be loaded', { cause })
      }
    },
  }
}
