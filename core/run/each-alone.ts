import type { Context } from './context.ts'

/** Does something with each item in turn; one that throws is logged and does not keep the others from their turn. */
export async function eachAlone<T>(
  items: readonly T[],
  { log }: Context,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  for (const item of items) {
    try {
      await work(item)
    } catch (error) {
      log.error('one of a sweep failed, the others go on', { item: idOf(item), error })
    }
  }
}

const idOf = (item: unknown) =>
  typeof item === 'object' && item !== null && 'id' in item ? item.id : undefined
