/** How much goes together at most, and how many groups are on their way at once. */
export interface GroupLimits {
  readonly items: number
  readonly weight: number
  readonly underWay: number
}

interface Waiting<T, R> {
  readonly item: T
  readonly resolve: (result: R) => void
  readonly reject: (error: unknown) => void
}

/**
 * Group commit: what comes while writes are under way is written together by the next one. Nothing waits while there is
 * nothing under way. Where a group fails each of it is tried by itself, so that what cannot be written fails alone.
 */
export function inGroups<T extends { readonly weight: number }, R>(
  write: (items: readonly T[]) => Promise<R>,
  limits: GroupLimits,
): (item: T) => Promise<R> {
  const waiting: Waiting<T, R>[] = []
  let underWay = 0
  const send = async () => {
    if (underWay === limits.underWay) return
    underWay += 1
    // What is verified in the same turn of the event loop comes along; more is not waited for.
    await Promise.resolve()
    for (let group = takeFrom(waiting, limits); group.length > 0; group = takeFrom(waiting, limits))
      await writeGroup(group, write)
    underWay -= 1
  }
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      void send()
    })
}

/** At least one, however heavy it is. */
function takeFrom<T extends { readonly weight: number }, R>(
  waiting: Waiting<T, R>[],
  { items, weight }: GroupLimits,
): readonly Waiting<T, R>[] {
  let [count, sum] = [0, 0]
  for (const { item } of waiting) {
    sum += item.weight
    if (count > 0 && (count === items || sum > weight)) break
    count += 1
  }
  return waiting.splice(0, count)
}

/** Never throws: each of the group has its result or its own error. */
async function writeGroup<T, R>(
  group: readonly Waiting<T, R>[],
  write: (items: readonly T[]) => Promise<R>,
): Promise<void> {
  try {
    const result = await write(group.map(({ item }) => item))
    for (const { resolve } of group) resolve(result)
  } catch (error) {
    if (group.length === 1) group[0]?.reject(error)
    else await Promise.all(group.map((one) => writeGroup([one], write)))
  }
}
