import { and, asc, eq } from 'drizzle-orm'
import { type LicensesNeeds, licensesOf } from '../drm/licenses-of.ts'
import type { Permit } from '../playback/ask.ts'
import { rewrittenUrl } from '../playback/rewritten-url.ts'
import { showSession } from '../playback/show-session.ts'
import type { Uses } from '../ports/ports.ts'
import { isScheme } from '../protection/model.ts'
import type { Context } from '../run/context.ts'
import { captions, chapters, thumbnails } from './schema.ts'
import { deliverFilm, deliverStoryboard, mediaExpiry, signMedia, type VideoRow } from './show.ts'
import type { Caption, Playback } from './wire.ts'

type Needs = Uses<'db' | 'cdn' | 'clock' | 'config'>

/** Signed URLs of everything a player needs, the licence servers, and the cookies that open what the playlists refer to. */
export async function playbackOf(
  uses: Needs & LicensesNeeds,
  ctx: Context,
  { permit, clientIp }: { readonly permit: Permit; readonly clientIp: string },
): Promise<{ playback: Playback; cookies: readonly string[] }> {
  const { video, session } = permit
  const film = await filmUrls(uses, permit, clientIp)
  const { id: videoId, status, title, protection } = video
  const { cookies, ...stills } = await stillsOf(uses, video)
  const playback = {
    ...{ videoId, status, title, protection, ...film.urls, ...stills },
    session: showSession(uses, session),
    licenses: await licensesOf(uses, ctx, { permit, clientIp }),
    captions: (await captionsOf(uses, video)).map(({ language, label, url = '' }) => ({
      language,
      label,
      url,
    })),
    chapters: await chaptersOf(uses, video),
    durationSeconds: video.durationSeconds ?? 0,
    expiresAt: mediaExpiry(uses).toISOString(),
  }
  return { playback, cookies: [...film.cookies, ...cookies] }
}

interface FilmUrls {
  readonly urls: Pick<Playback, 'hlsUrl' | 'dashUrl' | 'manifestUrl'>
  readonly cookies: readonly string[]
}

/** DASH has no AES-128, and HLS alone says it: its playlists come rewritten, with a URL for each key. */
async function filmUrls(uses: Needs & Uses<'secrets'>, permit: Permit, clientIp: string): Promise<FilmUrls> {
  const { video } = permit
  if (video.protection === 'aes-128') {
    const hlsUrl = await rewrittenUrl(uses, permit, clientIp)
    return { urls: { hlsUrl, manifestUrl: hlsUrl }, cookies: [] }
  }
  const deliver = (file: string) => deliverFilm(uses, video, { file, clientIp })
  const { url: hlsUrl, cookies } = await deliver(`master.${video.revision}.m3u8`)
  const { url: dashUrl } = await deliver(`manifest.${video.revision}.mpd`)
  return { urls: { hlsUrl, dashUrl, manifestUrl: isScheme(video.protection) ? dashUrl : hlsUrl }, cookies }
}

async function stillsOf(
  uses: Needs,
  video: VideoRow,
): Promise<Pick<Playback, 'posterUrl' | 'storyboardUrl'> & { readonly cookies: readonly string[] }> {
  const names = new Map((await thumbnailRows(uses, video)).map((row) => [row.kind, row.name]))
  const [poster, storyboard] = [names.get('poster'), names.get('storyboard')]
  const delivered = storyboard === undefined ? undefined : await deliverStoryboard(uses, video, storyboard)
  return {
    ...(poster ? { posterUrl: await signMedia(uses, video, poster) } : {}),
    ...(delivered ? { storyboardUrl: delivered.url } : {}),
    cookies: delivered?.cookies ?? [],
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
  return Promise.all(
    rows.map(async ({ language, label, cues, objectKey }) => {
      // Its folder alone: where grants are for folders, that of the film's would open the film.
      const file = objectKey.slice(objectKey.lastIndexOf('/') + 1)
      const { url } = await uses.cdn.sign(objectKey.slice(0, -file.length), file, mediaExpiry(uses))
      return { language, label, cues, url }
    }),
  )
}

export async function chaptersOf({ db }: Uses<'db'>, { id }: Pick<VideoRow, 'id'>) {
  const rows = await db.select().from(chapters).where(eq(chapters.videoId, id)).orderBy(asc(chapters.startMs))
  return rows.map((row) => ({ startSeconds: row.startMs / 1000, title: row.title }))
}
