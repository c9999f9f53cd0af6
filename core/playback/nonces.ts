import { lt } from 'drizzle-orm'
import type { Uses } from '../ports/ports.ts'
import { playbackNonces } from './schema.ts'

/** Drops those whose requests are too old by now. */
export async function dropOldNonces({ db, clock }: Uses<'db' | 'clock'>): Promise<void> {
  await db.delete(playbackNonces).where(lt(playbackNonces.expiresAt, clock.now()))
}
