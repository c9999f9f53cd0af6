export interface Loading<T> {
  /** Once it is there. */
  readonly value: T | undefined
  /** Throws what the load threw; then the next caller loads again. */
  get(): Promise<T>
}

/** Loads at once, so that business code and platform start side by side. */
export function startLoading<T>(load: () => Promise<T>): Loading<T> {
  const state: { value: T | undefined } = { value: undefined }
  const begin = async () => {
    state.value = await load()
    return state.value
  }
  let loading: Promise<T> | undefined = begin()
  // It is told to whoever asks; until then it must not end the process.
  loading.catch(() => undefined)
  return {
    get value() {
      return state.value
    },
    async get() {
      loading ??= begin()
      const mine = loading
      try {
        return await mine
      } catch (cause) {
        if (loading === mine) loading = undefined
        throw new Error('the function could not be loaded', { cause })
      }
    },
  }
}
