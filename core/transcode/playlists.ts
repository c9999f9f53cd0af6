import { and, eq } from 'drizzle-orm'
import { averageAndPeak } from '../playback/bandwidth.ts'
import { writeDash } from '../playback/dash.ts'
import type { FilmTracks } from '../playback/film-tracks.ts'
import { writeHls } from '../playback/hls.ts'
import { writeStoryboardVtt } from '../playback/storyboard.ts'
import type { Transaction } from '../ports/database.ts'
import type { StillsOutput } from '../ports/media.ts'
import type { Ports, Uses } from '../ports/ports.ts'
import { generationPrefix } from '../video/model.ts'
import { captions, renditions, thumbnails, videos } from '../video/schema.ts'
import { filmTracks } from './film.ts'
import type { VideoRow } from './publish.ts'
import type { Unit } from './unit-store.ts'

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  m3u8: 'application/vnd.apple.mpegurl',
  mpd: 'application/dash+xml',
  vtt: 'text/vtt; charset=utf-8',
}
/** Each revision has its own file names, so playlists may be cached like segments. */
const FOR_EVER = 'public, max-age=31536000, immutable'

/** Writes all playlists of the finished tracks under the next revision, and their rows; returns that revision. */
export async function writePlaylists(
  tx: Transaction,
  ports: Ports,
  { video, units }: { video: VideoRow; units: readonly Unit[] },
): Promise<number> {
  const revision = video.revision + 1
  const film = filmTracks(
    video,
    units,
    await tx.select().from(captions).where(eq(captions.videoId, video.id)),
  )
  await Promise.all(playlistsOf(film, revision).map((file) => put(ports, video, file)))
  await Promise.all(playlistsOf(film, revision - 2).map(({ name }) => drop(ports, video, name)))
  await writeRenditions(tx, video, film)
  const stills = units.find((unit) => unit.output?.kind === 'stills')?.output
  if (stills?.kind === 'stills') await writeStills(tx, ports, { video, stills })
  return revision
}

/** The revision before the last is what players that began a while ago still read; what is older goes. */
const playlistsOf = (film: FilmTracks, revision: number) =>
  revision < 1 ? [] : [...writeHls(film, { revision }), writeDash(film, { revision })]

const drop = ({ storage }: Uses<'storage'>, { id, generation }: VideoRow, name: string) =>
  storage.remove('media', generationPrefix(id, generation) + name)

async function put(
  { storage }: Uses<'storage'>,
  { id, generation }: VideoRow,
  file: { name: string; text: string },
): Promise<void> {
  const contentType = CONTENT_TYPES[file.name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
  await storage.put(
    'media',
    generationPrefix(id, generation) + file.name,
    new TextEncoder().encode(file.text),
    { contentType, cacheControl: FOR_EVER },
  )
}

async function writeRenditions(
  tx: Transaction,
  { id, generation }: VideoRow,
  film: FilmTracks,
): Promise<void> {
  const rows = film.video.map((track) => {
    const { average, peak } = averageAndPeak(track)
    const { name, width, height, codecs } = track
    const frameRate = track.frameRate.num / track.frameRate.den
    return {
      videoId: id,
      generation,
      name,
      width,
      height,
      frameRate,
      codecs,
      averageBps: average,
      peakBps: peak,
    }
  })
  await tx.delete(renditions).where(and(eq(renditions.videoId, id), eq(renditions.generation, generation)))
  if (rows.length > 0) await tx.insert(renditions).values(rows)
}

async function writeStills(
  tx: Transaction,
  ports: Ports,
  { video, stills }: { video: VideoRow; stills: StillsOutput },
): Promise<void> {
  const { id, generation } = video
  const text = writeStoryboardVtt(stills.storyboard, stills.sheets, video.durationSeconds ?? 0)
  await put(ports, video, { name: 'storyboard.vtt', text })
  const { poster } = stills
  await tx.delete(thumbnails).where(and(eq(thumbnails.videoId, id), eq(thumbnails.generation, generation)))
  await tx.insert(thumbnails).values([
    {
      videoId: id,
      generation,
      kind: 'poster',
      name: poster.name,
      width: poster.width,
      height: poster.height,
    },
    { videoId: id, generation, kind: 'storyboard', name: 'storyboard.vtt' },
  ])
  await tx.update(videos).set({ poster: poster.name }).where(eq(videos.id, id))
}
