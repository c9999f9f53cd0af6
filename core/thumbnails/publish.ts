import { eq } from 'drizzle-orm'
import { writeStoryboardVtt } from '../playback/storyboard.ts'
import type { Transaction } from '../ports/database.ts'
import type { StillsOutput } from '../ports/media.ts'
import type { Uses } from '../ports/ports.ts'
import type { Work } from '../transcode/unit-store.ts'
import { thumbnails, videos } from '../video/schema.ts'
import { wantsPictures } from './film.ts'
import type { Shelf } from './shelf.ts'

export interface EarlyPictures {
  readonly stills: StillsOutput
  readonly durationSeconds: number
}

const STORYBOARD = 'storyboard.vtt'

/**
 * Shows a film's early pictures, which lie on the shelf already. False, and the shelf is cleared, where the film has
 * pictures meanwhile, was deleted or failed: what the transcode published is never replaced.
 */
export async function publishEarly(
  uses: Uses<'db' | 'storage' | 'clock'>,
  work: Work,
  { shelf, stills, durationSeconds }: EarlyPictures & { readonly shelf: Shelf },
): Promise<boolean> {
  const text = writeStoryboardVtt(stills.storyboard, stills.sheets, durationSeconds)
  const vtt = { name: STORYBOARD, contentType: 'text/vtt; charset=utf-8' }
  await shelf.put(vtt, new TextEncoder().encode(text))
  const shown = await uses.db.transaction(async (tx) => {
    if (!(await lockWanting(tx, work))) return false
    await writeRows(tx, work, { folder: shelf.folder, poster: stills.poster, updatedAt: uses.clock.now() })
    return true
  })
  // Only then: after an error nobody knows whether the rows stand.
  if (!shown) await shelf.clear()
  return shown
}

async function lockWanting(tx: Transaction, work: Work): Promise<boolean> {
  // First the lock, then the look: who waited for the lock sees what the one before wrote.
  await tx.select({ id: videos.id }).from(videos).where(eq(videos.id, work.videoId)).for('update')
  const rows = await tx.select({ id: videos.id }).from(videos).where(wantsPictures(tx, work))
  return rows.length > 0
}

async function writeRows(
  tx: Transaction,
  { videoId, generation }: Work,
  { folder, poster, updatedAt }: { folder: string; poster: StillsOutput['poster']; updatedAt: Date },
): Promise<void> {
  const [{ width, height }, name] = [poster, folder + poster.name]
  await tx.insert(thumbnails).values([
    { videoId, generation, kind: 'poster', name, width, height },
    { videoId, generation, kind: 'storyboard', name: folder + STORYBOARD },
  ])
  await tx.update(videos).set({ poster: name, updatedAt }).where(eq(videos.id, videoId))
}
