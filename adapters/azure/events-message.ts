import type { Decoded } from '../../core/run/consumer.ts'
import { utf8 } from '../node/utf8.ts'

/** A message that is no event of ours, as it came or as near to it as the library left it. */
export function foreign(message: unknown, because: string): Decoded {
  return { is: 'foreign', message: { ...textOf(message), because } }
}

function textOf(message: unknown): { body: string; encoding: 'utf8' | 'base64' } {
  if (typeof message === 'string') return { body: message, encoding: 'utf8' }
  if (message instanceof Uint8Array) return textOfBytes(message)
  // JSON has no Infinity, which the library makes of a message such as 89e7073266.
  const isNumber = typeof message === 'number'
  const body = isNumber ? String(message) : (JSON.stringify(message) ?? String(message))
  return { body, encoding: 'utf8' }
}

function textOfBytes(bytes: Uint8Array): { body: string; encoding: 'utf8' | 'base64' } {
  const body = utf8(bytes)
  if (body !== undefined) return { body, encoding: 'utf8' }
  return { body: Buffer.from(bytes).toString('base64'), encoding: 'base64' }
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)

/** Event Grid hands over one event or a batch. */
export const listOf = (native: unknown): readonly unknown[] => (Array.isArray(native) ? native : [native])

/** The type of an event as Event Grid sends it: CloudEvents say `type`, its own schema `eventType`. Empty for none. */
export function gridTypeOf(event: unknown): string {
  if (!isRecord(event)) return ''
  const type = event.specversion === undefined ? event.eventType : event.type
  return typeof type === 'string' ? type : ''
}
