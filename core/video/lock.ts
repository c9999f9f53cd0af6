import { and, eq, isNull } from 'drizzle-orm'
import { notFound } from '../http/problem.ts'
import type { Transaction } from '../ports/database.ts'
import type { VideoId } from '../run/id.ts'
import { videos } from './schema.ts'

/**
 * Holds the video's row until the transaction ends, before anything else is written: rows that refer to it take a
 * share of this lock, and two transactions that want the whole of it afterwards would wait for each other for ever.
 * Throws 404 when it was deleted meanwhile.
 */
export async function lockVideo(tx: Transaction, id: VideoId): Promise<void> {
  const standing = and(eq(videos.id, id), isNull(videos.deletedAt))
  const rows = await tx.select({ id: videos.id }).from(videos).where(standing).for('update')
  if (rows.length === 0) throw notFound('video')
}
