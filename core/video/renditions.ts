import { and, asc, eq } from 'drizzle-orm'
import type { Uses } from '../ports/ports.ts'
import { renditions } from './schema.ts'
import type { VideoRow } from './show.ts'
import type { Rendition } from './wire.ts'

/** The published qualities of the film's present generation, lowest first. Empty for a film of sound alone. */
export async function renditionsOf(
  { db }: Uses<'db'>,
  { id, generation }: Pick<VideoRow, 'id' | 'generation'>,
): Promise<Rendition[]> {
  const mine = and(eq(renditions.videoId, id), eq(renditions.generation, generation))
  const rows = await db.select().from(renditions).where(mine).orderBy(asc(renditions.averageBps))
  return rows.map(({ name, width, height, frameRate, codecs, averageBps, peakBps }) => ({
    ...{ name, width, height, codecs },
    frameRate: Math.round(frameRate * 1000) / 1000,
    averageBitsPerSecond: averageBps,
    peakBitsPerSecond: peakBps,
  }))
}
