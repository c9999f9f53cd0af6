import type { Provider, ProviderObject } from '../billing/provider-objects.ts'
import type { ListedKind } from '../ports/payments.ts'
import type { Uses } from '../ports/ports.ts'
import { type Facts, factsHere, factsThere, idsHere, MIRRORS } from './mirror.ts'

export interface FieldDifference {
  readonly field: string
  readonly here: Facts[string]
  readonly there: Facts[string]
}
/** `missing-here`: the provider has it and we do not. `missing-there`: the other way round. */
export type Difference = { readonly kind: ListedKind; readonly id: string } & (
  | {
      readonly is: 'missing-here' | 'different'
      readonly there: Facts
      readonly fields: readonly FieldDifference[]
    }
  | { readonly is: 'missing-there' }
)

export interface Comparing {
  readonly provider: Provider
  readonly kind: ListedKind
  /** Only what the provider made since then; without it all. */
  readonly since?: Date | undefined
  /** Told after each hundred objects. */
  readonly onProgress?: (compared: number) => void
}

const CHUNK = 100
/** Between two pages: others need the provider's rate limit, too. */
const PAGE_PAUSE_MS = 50

type Looking = Uses<'db' | 'clock' | 'payments'>

/**
 * What the provider has that we do not, what we have that it does not, and which fields differ. Changes nothing. What
 * changes meanwhile may show although its webhook is on its way.
 */
export async function* differences(
  uses: Looking,
  { provider, kind, since, onProgress }: Comparing,
  signal: AbortSignal,
): AsyncGenerator<Difference> {
  const before = uses.clock.now()
  const seen = new Set<string>()
  for await (const objects of chunks(uses.payments.of(provider).list(kind, since ? { since } : {}))) {
    if (signal.aborted) return
    for (const object of objects) seen.add(object.id)
    yield* compare(uses, { provider, kind }, objects)
    onProgress?.(seen.size)
    await uses.clock.sleep(objects.length < CHUNK ? 0 : PAGE_PAUSE_MS, signal)
  }
  for (let after = ''; !signal.aborted; ) {
    const ids = await idsHere(uses.db, { kind, provider }, { after, since, before })
    for (const id of ids) if (!seen.has(id)) yield { kind, id, is: 'missing-there' }
    const last = ids.at(-1)
    if (last === undefined) return
    after = last
  }
}

async function* compare(
  { db }: Uses<'db'>,
  { provider, kind }: Comparing,
  objects: readonly ProviderObject[],
): AsyncGenerator<Difference> {
  const here = await factsHere(
    db,
    { kind, provider },
    objects.map(({ id }) => id),
  )
  for (const object of objects) {
    const [ours, there] = [here.get(object.id), factsThere(kind, object)]
    if (ours) {
      const fields = fieldsOf(ours, there)
      if (fields.length > 0) yield { kind, id: object.id, is: 'different', there, fields }
    } else if (!MIRRORS[kind].foreign?.(object)) {
      yield { kind, id: object.id, is: 'missing-here', there, fields: [] }
    }
  }
}

const fieldsOf = (here: Facts, there: Facts): FieldDifference[] =>
  Object.keys(there)
    .map((field) => ({ field, here: here[field] ?? null, there: there[field] ?? null }))
    .filter((pair) => pair.here !== pair.there)

async function* chunks<T>(items: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  let chunk: T[] = []
  for await (const item of items) {
    chunk.push(item)
    if (chunk.length < CHUNK) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}
