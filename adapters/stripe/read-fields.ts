import type Stripe from 'stripe'

/** An object that came as its id, whole, or not at all. */
export type MaybeExpanded = string | { readonly id: string } | null | undefined

export const idOf = (ref: MaybeExpanded): string | null =>
  ref === null || ref === undefined ? null : typeof ref === 'string' ? ref : ref.id

/** The id of what must be there. Throws for an object that has lost it. */
export function idIn(ref: MaybeExpanded, what: string): string {
  const id = idOf(ref)
  if (id === null) throw new TypeError(`Stripe's object has no ${what}`)
  return id
}

/** What was asked for with `expand`; null where it came as an id alone. */
export const expanded = <T extends { readonly id: string }>(ref: string | T | null | undefined): T | null =>
  typeof ref === 'object' ? ref : null

/** Times are whole seconds since 1970. */
export const instantOf = (seconds: number): Date => new Date(seconds * 1000)
export const maybeInstant = (seconds: number | null | undefined): Date | null =>
  seconds === null || seconds === undefined ? null : instantOf(seconds)
export const secondsOf = (at: Date): number => Math.floor(at.getTime() / 1000)

/** `Stripe.Decimal` since dahlia, text before, and a number in what very old versions sent. */
export const decimalText = (value: Stripe.Decimal | string | number | null | undefined): string | null =>
  value === null || value === undefined ? null : String(value)

export const sumOf = <T>(rows: readonly T[] | null | undefined, amount: (row: T) => number): number =>
  (rows ?? []).reduce((sum, row) => sum + amount(row), 0)

/** Metadata's value; empty text is none. */
export const noted = (metadata: Stripe.Metadata | null | undefined, name: string): string | null =>
  metadata?.[name] || null
