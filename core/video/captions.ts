import { and, eq } from 'drizzle-orm'
import { conflict, invalid, notFound } from '../http/problem.ts'
import type { Ports } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { commit } from '../run/emit.ts'
import { removeCaptions } from '../transcode/caption-copies.ts'
import { republish } from '../transcode/publish.ts'
import { canonicalLanguageTag, readCaptionFile } from './caption-file.ts'
import { lockVideo } from './lock.ts'
import { captionPrefix } from './model.ts'
import { captions } from './schema.ts'
import type { VideoRow } from './show.ts'
import { findVideo } from './store.ts'

export interface CaptionFile {
  readonly language: string
  readonly label: string | undefined
  readonly bytes: Uint8Array
  readonly mediaType: string
}

/** Adds or replaces the captions of one language, and writes the playlists of a playable film anew. */
export async function putCaption(
  ports: Ports,
  ctx: Context,
  video: VideoRow,
  file: CaptionFile,
): Promise<void> {
  const language = languageOf(file.language)
  const { vtt, cues } = readCaptionFile(file.bytes, file.mediaType)
  if (video.status === 'failed')
    throw conflict('film-failed', 'The film failed: it has nothing to put captions on.')
  const objectKey = `${captionPrefix(video.id)}${language}-${ports.ids.secret(6)}.vtt`
  const row = { language, label: file.label ?? language, cues, objectKey, updatedAt: ports.clock.now() }
  await ports.storage.put('media', objectKey, new TextEncoder().encode(vtt), {
    contentType: 'text/vtt; charset=utf-8',
  })
  const before = await replace(ports, ctx, video, row).catch(async (error: unknown) => {
    await ports.storage.remove('media', objectKey)
    throw error
  })
  if (before) await removeCaptions(ports, before.film, before)
}

type Row = Omit<typeof captions.$inferInsert, 'videoId'>
/** A file that no row names any more, and the film as it was then: its edition may be another than when we were asked. */
interface Gone {
  readonly objectKey: string
  readonly film: VideoRow
}

async function replace(ports: Ports, ctx: Context, video: VideoRow, row: Row): Promise<Gone | undefined> {
  return commit(ports, ctx, async (tx) => {
    await lockVideo(tx, video.id)
    const film = (await findVideo(tx, video.id)) ?? video
    const [old] = await tx
      .select()
      .from(captions)
      .where(and(eq(captions.videoId, video.id), eq(captions.language, row.language)))
    const target = [captions.videoId, captions.language]
    await tx
      .insert(captions)
      .values({ ...row, videoId: video.id })
      .onConflictDoUpdate({ target, set: row })
    await republish(tx, ports, { videoId: video.id, generation: video.generation })
    return old && { objectKey: old.objectKey, film }
  })
}

/** Takes the captions of a language off the film. 404 when there are none. */
export async function removeCaption(
  ports: Ports,
  ctx: Context,
  video: VideoRow,
  languageText: string,
): Promise<void> {
  const language = languageOf(languageText)
  const removed = await commit(ports, ctx, async (tx) => {
    await lockVideo(tx, video.id)
    const film = (await findVideo(tx, video.id)) ?? video
    const gone = await tx
      .delete(captions)
      .where(and(eq(captions.videoId, video.id), eq(captions.language, language)))
      .returning()
    if (gone.length > 0) await republish(tx, ports, { videoId: video.id, generation: video.generation })
    return gone.map(({ objectKey }) => ({ objectKey, film }))
  })
  if (removed.length === 0) throw notFound('caption')
  for (const gone of removed) await removeCaptions(ports, gone.film, gone)
}

/** `EN-us` and `en-US` are one language. */
function languageOf(text: string): string {
  const tag = canonicalLanguageTag(text)
  if (tag !== undefined) return tag
  const message = 'must be a BCP 47 tag such as en or pt-BR'
  throw invalid([{ field: 'params.language', rule: 'language_tag', message }])
}
