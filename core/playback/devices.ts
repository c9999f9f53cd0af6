import { and, count, desc, eq, gt, lte, ne } from 'drizzle-orm'
import type { Db, Transaction } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { UserId } from '../run/id.ts'
import { PlaybackRefused } from './refusals.ts'
import { playbackDevices, playbackSessions } from './schema.ts'
import { endSessions } from './sessions.ts'

/** Chosen by clients; PostgreSQL takes no other text for sure. */
export const isDeviceId = (text: string): boolean => /^[\w-]{1,64}$/.test(text)

/** A device that was not seen for so long does not count any more. */
const DAYS = 30
const seenSince = ({ clock }: Uses<'clock'>): Date => new Date(clock.now().getTime() - DAYS * 86_400_000)

/**
 * Notes that the viewer uses the device, and forgets those that do not count any more. Refuses `too-many-devices` where it
 * would be one more than they may.
 */
export async function noteDevice(
  tx: Transaction,
  uses: Uses<'clock' | 'config'>,
  { userId, deviceId, name }: { userId: UserId; deviceId: string; name: string | null },
): Promise<void> {
  const ofViewer = eq(playbackDevices.userId, userId)
  await tx.delete(playbackDevices).where(and(ofViewer, lte(playbackDevices.lastAt, seenSince(uses))))
  const others = and(ofViewer, ne(playbackDevices.deviceId, deviceId))
  const [row] = await tx.select({ others: count() }).from(playbackDevices).where(others)
  if ((row?.others ?? 0) >= uses.config.playbackDevices) throw new PlaybackRefused('too-many-devices')
  const now = uses.clock.now()
  const seen = name === null ? { lastAt: now } : { lastAt: now, name }
  await tx
    .insert(playbackDevices)
    .values({ userId, deviceId, name, firstAt: now, lastAt: now })
    .onConflictDoUpdate({ target: [playbackDevices.userId, playbackDevices.deviceId], set: seen })
}

/** Those that count, the last used first. */
export function devicesOf(db: Db, uses: Uses<'clock'>, userId: UserId) {
  return db
    .select()
    .from(playbackDevices)
    .where(and(eq(playbackDevices.userId, userId), gt(playbackDevices.lastAt, seenSince(uses))))
    .orderBy(desc(playbackDevices.lastAt), playbackDevices.deviceId)
    .limit(100)
}

/** Makes room for another device; what plays on this one ends. Whether it was there. */
export async function removeDevice(
  { db, clock }: Uses<'db' | 'clock'>,
  userId: UserId,
  deviceId: string,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const gone = await tx
      .delete(playbackDevices)
      .where(and(eq(playbackDevices.userId, userId), eq(playbackDevices.deviceId, deviceId)))
      .returning({ deviceId: playbackDevices.deviceId })
    const playing = and(eq(playbackSessions.userId, userId), eq(playbackSessions.deviceId, deviceId))
    const ended = await endSessions({ db: tx, clock }, playing, 'device-removed')
    return gone.length + ended > 0
  })
}
