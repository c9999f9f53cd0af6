import * as z from 'zod/mini'
import { invalid } from './problem.ts'
import { wholeNumber } from './text.ts'

/** Query fields of every list: `limit` 1..100 (20 by default) and the opaque `cursor` of the page before. */
export const pageQuery = {
  limit: z.optional(wholeNumber(1, 100)),
  cursor: z.optional(z.string().check(z.maxLength(200))),
}
export const DEFAULT_LIMIT = 20

export interface Page<T> {
  readonly items: readonly T[]
  /** Absent on the last page. */
  readonly nextCursor?: string
}

/** Cuts `limit + 1` rows to a page; the cursor carries the last row's key and the list that it belongs to. */
export function toPage<R, T>(
  rows: readonly R[],
  limit: number,
  shape: { list: string; key: (row: R) => string; item: (row: R) => T },
): Page<T> {
  const kept = rows.slice(0, limit)
  const last = kept.at(-1)
  const items = kept.map(shape.item)
  if (rows.length <= limit || last === undefined) return { items }
  return { items, nextCursor: btoa(`${shape.list}:${shape.key(last)}`).replaceAll('=', '') }
}

/** The key inside a cursor. Throws 422 for one that is damaged or belongs to another list. */
export function readCursor(
  cursor: string | undefined,
  list: string,
  isKey: (key: string) => boolean,
): string | undefined {
  if (cursor === undefined) return undefined
  const text = decode(cursor)
  const key = text?.startsWith(`${list}:`) ? text.slice(list.length + 1) : undefined
  if (key !== undefined && isKey(key)) return key
  throw invalid([{ field: 'query.cursor', rule: 'cursor', message: 'is not a cursor of this list' }])
}

function decode(cursor: string): string | undefined {
  return /^[A-Za-z0-9+/]+$/.test(cursor) && cursor.length % 4 !== 1 ? atob(cursor) : undefined
}
