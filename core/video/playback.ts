import { and, asc, eq } from 'drizzle-orm'
import { conflict } from '../http/problem.ts'
import type { Uses } from '../ports/ports.ts'
import { canPlay, FAILURES, mediaPrefix } from './model.ts'
import { captions, chapters, thumbnails } from './schema.ts'
import { deliverMedia, mediaExpiry, signMedia, type VideoRow } from './show.ts'
import type { Caption, Playback } from './wire.ts'

type Needs = Uses<'db' | 'cdn' | 'clock' | 'config'>

/** Signed URLs of everything a player needs, and the cookies that open what they refer to. 409 before the film is playable. */
export async function playbackOf(
  uses: Needs,
  video: VideoRow,
): Promise<{ playback: Playback; cookies: readonly string[] }> {
  if (!canPlay(video.status)) throw notPlayable(video)
  const { url, cookies } = await deliverMedia(uses, video, `master.${video.revision}.m3u8`)
  return { playback: await playbackWith(uses, video, url), cookies }
}

async function playbackWith(uses: Needs, video: VideoRow, hlsUrl: string): Promise<Playback> {
  const { id: videoId, status, title } = video
  return {
    ...{ videoId, status, title, hlsUrl, manifestUrl: hlsUrl },
    dashUrl: await signMedia(uses, video, `manifest.${video.revision}.mpd`),
    ...(await stillsOf(uses, video)),
    captions: (await captionsOf(uses, video)).map(({ language, label, url = '' }) => ({
      language,
      label,
      url,
    })),
    chapters: await chaptersOf(uses, video),
    durationSeconds: video.durationSeconds ?? 0,
    expiresAt: mediaExpiry(uses).toISOString(),
  }
}

function notPlayable({ status, failure }: VideoRow) {
  if (status === 'failed')
    return conflict('film-failed', failure ? FAILURES[failure.reason] : 'The film could not be processed.')
  return conflict('not-playable-yet', `The film is ${status}. It can be watched once it is playable.`)
}

async function stillsOf(
  uses: Needs,
  video: VideoRow,
): Promise<Pick<Playback, 'posterUrl' | 'storyboardUrl'>> {
  const names = new Map((await thumbnailRows(uses, video)).map((row) => [row.kind, row.name]))
  const [poster, storyboard] = [names.get('poster'), names.get('storyboard')]
  return {
    ...(poster ? { posterUrl: await signMedia(uses, video, poster) } : {}),
    ...(storyboard ? { storyboardUrl: await signMedia(uses, video, storyboard) } : {}),
  }
}

export function thumbnailRows({ db }: Uses<'db'>, { id, generation }: Pick<VideoRow, 'id' | 'generation'>) {
  return db
    .select()
    .from(thumbnails)
    .where(and(eq(thumbnails.videoId, id), eq(thumbnails.generation, generation)))
}

function captionRows({ db }: Uses<'db'>, { id }: Pick<VideoRow, 'id'>) {
  return db.select().from(captions).where(eq(captions.videoId, id)).orderBy(asc(captions.language))
}

/** Which captions the film has, for whom it cannot be played: a caption's URL tells the whole story. */
export async function captionNames(uses: Uses<'db'>, video: Pick<VideoRow, 'id'>): Promise<Caption[]> {
  return (await captionRows(uses, video)).map(({ language, label, cues }) => ({ language, label, cues }))
}

/** The film's captions by language, each with a signed URL. */
export async function captionsOf(uses: Needs, { id }: Pick<VideoRow, 'id'>): Promise<Caption[]> {
  const rows = await captionRows(uses, { id })
  const prefix = mediaPrefix(id)
  return Promise.all(
    rows.map(async ({ language, label, cues, objectKey }) => {
      const { url } = await uses.cdn.sign(prefix, objectKey.slice(prefix.length), mediaExpiry(uses))
      return { language, label, cues, url }
    }),
  )
}

export async function chaptersOf({ db }: Uses<'db'>, { id }: Pick<VideoRow, 'id'>) {
  const rows = await db.select().from(chapters).where(eq(chapters.videoId, id)).orderBy(asc(chapters.startMs))
  return rows.map((row) => ({ startSeconds: row.startMs / 1000, title: row.title }))
}
