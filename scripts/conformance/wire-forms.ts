import { fromWire } from '../../core/run/wire-event.ts'
import type { AnyEvent } from '../../events/catalog.ts'

/** The event of a queue message; `undefined` for bytes that hold none. */
export function readableEvent(body: Uint8Array): AnyEvent | undefined {
  try {
    return fromWire(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined // the question is whether it can be read
  }
}
