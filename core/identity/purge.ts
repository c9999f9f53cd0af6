import type { Uses } from '../ports/ports.ts'
import { daysAfter } from './model.ts'
import { deleteSessionsEndedBefore } from './store.ts'

const KEPT_DAYS = 30

/** Forgets sessions that ended 30 days ago; until then they help to answer what happened. Returns how many. */
export function purgeSessions({ db, clock }: Uses<'db' | 'clock'>): Promise<number> {
  return deleteSessionsEndedBefore(db, daysAfter(clock.now(), -KEPT_DAYS))
}
