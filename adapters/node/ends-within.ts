/** Whether work ends in time. What it rejects with is thrown; work that takes longer goes on unwatched. */
export async function endsWithin(work: Promise<unknown>, seconds: number): Promise<boolean> {
  const late = Promise.withResolvers<false>()
  const timer = setTimeout(() => late.resolve(false), seconds * 1000)
  try {
    return await Promise.race([work.then(() => true), late.promise])
  } finally {
    clearTimeout(timer)
  }
}
