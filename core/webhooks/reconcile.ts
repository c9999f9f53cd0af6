import { createHash } from 'node:crypto'
import type { Provider } from '../billing/provider-objects.ts'
import type { ListedKind } from '../ports/payments.ts'
import type { Uses } from '../ports/ports.ts'
import { acceptRefs } from './accept-refs.ts'
import { cursorAt, dropCursor, moveCursor } from './cursor.ts'
import { type Difference, differences } from './diff.ts'
import { LISTED_KINDS } from './mirror.ts'

export interface Reconciling {
  readonly provider: Provider
  readonly kinds?: readonly ListedKind[]
  readonly since?: Date | undefined
  /** Finds and tells, and writes nothing. */
  readonly dryRun?: boolean
  /** Goes on behind the last kind that an earlier run had finished. */
  readonly resume?: boolean
  readonly onDifference?: (difference: Difference) => void
  readonly onProgress?: (kind: ListedKind, compared: number) => void
}

/**
 * Compares the provider's objects with the mirror, kind by kind, and puts each that differs into the inbox: it is then
 * fetched and written as by a webhook. For events that were never made, too. Answers how many differ.
 */
export async function reconcile(
  uses: Uses<'db' | 'clock' | 'ids' | 'config' | 'payments'>,
  signal: AbortSignal,
  want: Reconciling,
): Promise<number> {
  const { provider, since, kinds = LISTED_KINDS } = want
  const cursor = `reconcile:${provider}:${since?.toISOString() ?? 'all'}`
  const behind = want.resume ? await cursorAt(uses, cursor) : undefined
  const left = kinds.slice(kinds.indexOf(behind as ListedKind) + 1)
  let found = 0
  for (const kind of left) {
    const onProgress = (compared: number) => want.onProgress?.(kind, compared)
    for await (const difference of differences(uses, { provider, kind, since, onProgress }, signal)) {
      found += 1
      want.onDifference?.(difference)
      if (!want.dryRun) await acceptRefs(uses, [askFor(provider, difference)])
    }
    if (signal.aborted) return found
    if (want.resume) await moveCursor(uses, cursor, kind)
  }
  if (want.resume) await dropCursor(uses, cursor)
  return found
}

/** The same difference twice is one row: an object that cannot be mended does not fill the inbox. */
function askFor(provider: Provider, difference: Difference) {
  const { kind, id } = difference
  const there = difference.is === 'missing-there' ? 'gone' : JSON.stringify(difference.there)
  const hash = createHash('sha256').update(there).digest('hex').slice(0, 16)
  const ref = { provider, kind, id, accountId: null }
  return { ref, eventId: `reconcile:${kind}:${id}:${hash}`, type: 'skyreel.reconcile' }
}
