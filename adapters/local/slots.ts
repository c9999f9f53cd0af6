/** Runs at most `count` tasks at once, the others in the order in which they came. */
export function openSlots(count: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let free = count
  return async (task) => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await task()
    } finally {
      // The slot goes straight to the next one: nobody can slip in between.
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}
