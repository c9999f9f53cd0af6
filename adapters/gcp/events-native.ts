import type { Decoded, ForeignMessage } from '../../core/run/consumer.ts'

/** What the framework hands to a CloudEvent function: the attributes of the event and `data`, none of them checked. */
export type NativeEvent = unknown

export type Fields = Readonly<Record<string, unknown>>

/** The own fields of an object; of anything else, none. */
export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

export const ignored = (because: string): Decoded => ({ is: 'ignored', because })

export const foreign = (message: ForeignMessage): Decoded => ({ is: 'foreign', message })

/** A message that has no bytes of its own, kept as the JSON of what came. */
export function foreignNative(native: unknown, because: string): Decoded {
  return foreign({ body: jsonOf(native), encoding: 'utf8', because })
}

/** It came as JSON, unless a test made it: then it may hold what JSON does not take. */
function jsonOf(native: unknown): string {
  try {
    return JSON.stringify(native) ?? String(native)
  } catch {
    return String(Object.prototype.toString.call(native))
  }
}
