import { and, eq } from 'drizzle-orm'
import { averageAndPeak } from '../playback/bandwidth.ts'
import { writeDash } from '../playback/dash.ts'
import type { FilmTracks, PlaylistFile, PublicationNames } from '../playback/film-tracks.ts'
import { writeHls } from '../playback/hls.ts'
import { writeStoryboardVtt } from '../playback/storyboard.ts'
import type { Transaction } from '../ports/database.ts'
import type { StillsOutput } from '../ports/media.ts'
import type { Ports, Uses } from '../ports/ports.ts'
import { filmPrefix, generationPrefix } from '../video/model.ts'
import { captions, renditions, thumbnails, videos } from '../video/schema.ts'
import { copyCaptions } from './caption-copies.ts'
import { filmTracks } from './film.ts'
import type { VideoRow } from './publish.ts'
import { FOR_EVER } from './store-output.ts'
import type { Unit } from './unit-store.ts'

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  m3u8: 'application/vnd.apple.mpegurl',
  mpd: 'application/dash+xml',
  vtt: 'text/vtt; charset=utf-8',
}
/** Writes all playlists of the finished tracks of the film's edition under the next revision, and their rows; returns that revision. */
export async function writePlaylists(
  tx: Transaction,
  ports: Ports,
  { video, units }: { video: VideoRow; units: readonly Unit[] },
): Promise<number> {
  const revision = video.revision + 1
  const captioned = await tx.select().from(captions).where(eq(captions.videoId, video.id))
  const film = filmTracks(video, units, captioned)
  const { publicOrigin: origin } = ports.config
  const prefix = filmPrefix(video.id, video.generation, video.edition)
  await copyCaptions(ports, video, captioned)
  await Promise.all(playlistsOf(film, { revision, origin }).map((file) => put(ports, prefix, file)))
  const old = playlistsOf(film, { revision: revision - 2, origin })
  await Promise.all(old.map(({ name }) => ports.storage.remove('media', prefix + name)))
  await writeRenditions(tx, video, film)
  const stills = units.find((unit) => unit.output?.kind === 'stills')?.output
  if (stills?.kind === 'stills') await writeStills(tx, ports, { video, stills })
  return revision
}

/** The revision before the last is what players that began a while ago still read; what is older goes. */
function playlistsOf(film: FilmTracks, names: PublicationNames): PlaylistFile[] {
  if (names.revision < 1) return []
  const whole = [...film.video, ...film.audio].some(({ protection }) => protection?.scheme === 'aes-128')
  return [...writeHls(film, names), ...(whole ? [] : [writeDash(film, names)])]
}

async function put({ storage }: Uses<'storage'>, prefix: string, file: PlaylistFile): Promise<void> {
  const contentType = CONTENT_TYPES[file.name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
  await storage.put('media', prefix + file.name, new TextEncoder().encode(file.text), {
    contentType,
    cacheControl: FOR_EVER,
  })
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
  const prefix = generationPrefix(id, generation)
  const text = writeStoryboardVtt(stills.storyboard, stills.sheets, video.durationSeconds ?? 0)
  await copySheets(ports, prefix, stills.sheets)
  await put(ports, prefix, { name: STORYBOARD, text })
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
    { videoId: id, generation, kind: 'storyboard', name: STORYBOARD },
  ])
  await tx.update(videos).set({ poster: poster.name }).where(eq(videos.id, id))
}

/** In a folder of its own: whoever may have the storyboard has a grant for its folder, and tracks lie beside that. */
const FOLDER = 'storyboard/'
const STORYBOARD = `${FOLDER}storyboard.vtt`

/** Two at most. They stay where they were made as well: a storyboard that somebody has loaded may name them there. */
async function copySheets(
  { storage }: Uses<'storage'>,
  prefix: string,
  sheets: readonly string[],
): Promise<void> {
  for (const sheet of sheets) {
    const key = prefix + FOLDER + sheet
    if (await storage.head('media', key)) continue
    const found = await storage.get('media', prefix + sheet)
    if (!found) throw new Error(`a sheet of the storyboard is gone: ${prefix}${sheet}`)
    const { contentType } = found.object
    await storage.put('media', key, found.body, { contentType, cacheControl: FOR_EVER })
  }
}
