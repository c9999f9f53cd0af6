import type { Clock } from '../../core/ports/clock.ts'

export interface Perishable<T> {
  readonly value: T
  readonly until: Date
}

/**
 * Remembers what was loaded by name until it expires. Calls that come while one is under way wait for that one; a failure
 * is every waiting caller's, and the next call tries again.
 */
export function keep<T>(
  clock: Clock,
  load: (name: string) => Promise<Perishable<T>>,
): (name: string) => Promise<T> {
  const kept = new Map<string, { readonly value: Promise<T>; until?: number }>()
  const begin = (name: string) => {
    const loading = load(name)
    const entry: { value: Promise<T>; until?: number } = { value: loading.then(({ value }) => value) }
    kept.set(name, entry)
    loading.then(
      ({ until }) => (entry.until = until.getTime()),
      () => kept.delete(name),
    )
    return entry.value
  }
  return (name) => {
    const found = kept.get(name)
    const good = found && (found.until ?? Number.POSITIVE_INFINITY) > clock.now().getTime()
    return good ? found.value : begin(name)
  }
}
