import { useEffect, useRef, useState } from 'preact/hooks'
import { words } from './problem.ts'

export interface Asked<T> {
  /** What was answered last: it stays while another answer is on its way, so that nothing jumps. */
  readonly value: T | undefined
  readonly trouble: string | undefined
  readonly again: () => void
  readonly set: (value: T) => void
}

/** Asks when it is shown, when one of `on` changes, and when told to. An answer that was overtaken is dropped. */
export function useAsked<T>(ask: () => Promise<T>, on: readonly unknown[] = []): Asked<T> {
  const [value, setValue] = useState<T>()
  const [trouble, setTrouble] = useState<string>()
  const latest = useRef(0)
  const again = () => {
    const turn = ++latest.current
    const isLatest = () => turn === latest.current
    setTrouble(undefined)
    ask().then(
      (answer) => isLatest() && setValue(() => answer),
      (error: unknown) => isLatest() && setTrouble(words(error)),
    )
  }
  useEffect(() => {
    again()
    return () => void latest.current++
  }, on)
  return { value, trouble, again, set: (answer) => setValue(() => answer) }
}

interface Page<T> {
  readonly items: readonly T[]
  readonly nextCursor?: string | undefined
}

/** The same for a list that comes in pages; `more` reads the next one, where there is one. */
export function usePages<T>(
  read: (cursor: { cursor?: string }) => Promise<Page<T>>,
  on: readonly unknown[] = [],
): Asked<Page<T>> & { readonly more: (() => Promise<void>) | undefined } {
  const asked = useAsked(() => read({}), on)
  const { value, set } = asked
  const cursor = value?.nextCursor
  const more = async () => {
    if (!value || cursor === undefined) return
    const next = await read({ cursor })
    set({ items: [...value.items, ...next.items], nextCursor: next.nextCursor })
  }
  return { ...asked, more: cursor === undefined ? undefined : more }
}
