import { lt } from 'drizzle-orm'
import type { Uses } from '../ports/ports.ts'
import { dropOldDecisions } from './audit.ts'
import { dropOldNonces } from './nonces.ts'
import { dropOldRates } from './rates.ts'
import { playbackSessions } from './schema.ts'

const SESSION_DAYS = 90

/** Drops what nobody asks for any more: counts, nonces, sessions of 90 days ago, decisions of 400 days ago. */
export async function sweepPlayback(uses: Uses<'db' | 'clock'>): Promise<void> {
  await dropOldRates(uses)
  await dropOldNonces(uses)
  await dropOldSessions(uses)
  await dropOldDecisions(uses)
}

async function dropOldSessions({ db, clock }: Uses<'db' | 'clock'>): Promise<void> {
  const before = new Date(clock.now().getTime() - SESSION_DAYS * 86_400_000)
  await db.delete(playbackSessions).where(lt(playbackSessions.heartbeatAt, before))
}
