import type { Database } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { RefusalReason } from './model.ts'
import { PlaybackRefused } from './refusals.ts'

const KEPT_MS = 5000
const MOST = 10_000

interface Recent {
  readonly reason: RefusalReason
  readonly until: number
}
/** By database port: two columns in one process share nothing. */
const recent = new WeakMap<Database, Map<string, Recent>>()

/** Refuses a session that was refused for good within the last five seconds. */
export function checkRecent({ db, clock }: Uses<'db' | 'clock'>, sessionId: string): void {
  const held = recent.get(db)?.get(sessionId)
  if (held && clock.now().getTime() < held.until) throw new PlaybackRefused(held.reason)
}

/** Keeps a refusal that no renewal changes, so that a player which goes on asking costs no look at the film. */
export function keepRefusal(
  { db, clock }: Uses<'db' | 'clock'>,
  sessionId: string,
  reason: 'playback-ended' | 'taken-down',
): void {
  const held = recent.get(db) ?? new Map<string, Recent>()
  recent.set(db, held)
  const oldest = held.size < MOST ? undefined : held.keys().next().value
  if (oldest !== undefined) held.delete(oldest)
  held.delete(sessionId)
  held.set(sessionId, { reason, until: clock.now().getTime() + KEPT_MS })
}

/** After rules were changed here: what was taken down may be back. */
export const forgetRefusals = ({ db }: Uses<'db'>): void => void recent.delete(db)
