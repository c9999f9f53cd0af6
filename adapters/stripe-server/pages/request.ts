import type { MemoryStore } from '../memory-store.ts'
import type { Params } from '../store.ts'
import type { PageAnswer } from './html.ts'

export interface PageUses {
  readonly store: MemoryStore
  readonly origin: string
  /** Moves the server's clock, or only catches up with it, and does all that time brings. */
  advance(to?: Date): void
}
export interface PageRequest {
  readonly method: string
  /** Parts of the path after the page's own name. */
  readonly parts: readonly string[]
  /** Fields of the form that was sent. */
  readonly form: Params
}
export type PageHandler = (uses: PageUses, request: PageRequest) => PageAnswer

/** What was typed into a field, without blanks around it. */
export function typed({ form }: PageRequest, name: string): string {
  const value = form[name]
  return typeof value === 'string' ? value.trim() : ''
}
