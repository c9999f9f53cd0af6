import type { ComponentChildren } from 'preact'
import { usePages } from '../kit/asked.ts'
import { attempt } from '../kit/say.tsx'
import { useSoon } from '../kit/soon.ts'
import { Trouble, Waiting } from '../kit/trouble.tsx'

interface PagedRows<T> {
  readonly read: (cursor: {
    cursor?: string
  }) => Promise<{ readonly items: readonly T[]; readonly nextCursor?: string | undefined }>
  /** Read anew when one of these changes. */
  readonly on: readonly unknown[]
  /** How often something was changed here: what follows from it comes a moment later. */
  readonly changes: number
  readonly none: string
  readonly row: (item: T) => ComponentChildren
}

/** A list that comes in pages, one row each; while it is empty it is looked at again for some seconds. */
export function PagedRows<T>({ read, on, changes, none, row }: PagedRows<T>) {
  const { value, trouble, again, more } = usePages(read, on)
  useSoon(again, changes || value?.items.length === 0)
  if (trouble) return <Trouble words={trouble} again={again} />
  if (!value) return <Waiting rows={2} />
  if (value.items.length === 0) return <p class="soft">{none}</p>
  return (
    <>
      <ul class="rows card">{value.items.map(row)}</ul>
      {more && (
        <button type="button" class="button" onClick={() => attempt(more)}>
          Show more
        </button>
      )}
    </>
  )
}
