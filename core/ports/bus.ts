import type { AnyEvent } from '../../events/catalog.ts'

/** Carries events to every function that subscribes to their type: at least once, in no order. */
export interface Bus {
  /** Resolves once the bus holds the event durably (or, locally, has handed it over). Throws otherwise. */
  publish(events: readonly AnyEvent[]): Promise<void>
}
