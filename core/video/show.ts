import type { Delivery } from '../ports/cdn.ts'
import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import { FAILURES, filmPrefix, generationPrefix, mediaPrefix } from './model.ts'
import type { videos } from './schema.ts'
import type { Video } from './wire.ts'

export type VideoRow = typeof videos.$inferSelect
/** The columns that the API shows: lists must not carry the probe's report. */
export type VideoFacts = Omit<VideoRow, 'sourceKey' | 'sourceEtag' | 'report' | 'deletedAt'>

/** A video as the API shows it, with a signed poster where there is one. */
export async function showVideo(
  uses: Uses<'cdn' | 'clock' | 'config'>,
  row: VideoFacts,
  actor: Actor | undefined,
): Promise<Video> {
  const { id, title, description, visibility, status, warnings } = row
  const times = { createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString() }
  const mine = actor?.userId === row.ownerId
  return {
    ...{ id, title, description, visibility, status, warnings, mine, ...times },
    progress: Math.round(row.progress * 10_000) / 10_000,
    ...failureOf(row),
    ...protectionOf(row, mine),
    ...optional({ durationSeconds: row.durationSeconds, width: row.width, height: row.height }),
    ...(row.poster === null ? {} : { posterUrl: await signMedia(uses, row, row.poster) }),
  }
}

/** What becomes of the protection is the owner's affair alone. */
function protectionOf(
  { protection, nextProtection, protectionFailure }: VideoFacts,
  mine: boolean,
): Pick<Video, 'protection' | 'nextProtection' | 'protectionFailure'> {
  return { protection, ...(mine ? optional({ nextProtection, protectionFailure }) : {}) }
}

/** The reason of a failure in words for the owner. */
export function failureOf({ failure }: Pick<VideoRow, 'failure'>): Pick<Video, 'failure'> {
  if (!failure) return {}
  const { reason, detail } = failure
  return { failure: { reason, message: FAILURES[reason], ...(detail === undefined ? {} : { detail }) } }
}

/** A signed URL of a file of the film's present generation. */
export async function signMedia(
  uses: Uses<'cdn' | 'clock' | 'config'>,
  row: Pick<VideoRow, 'id' | 'generation'>,
  file: string,
): Promise<string> {
  const prefix = mediaPrefix(row.id)
  const path = generationPrefix(row.id, row.generation).slice(prefix.length) + file
  return (await uses.cdn.sign(prefix, path, mediaExpiry(uses))).url
}

/**
 * A file of the film as it is played, with the cookies. A protected film's grant opens its present encryption alone: tracks of
 * an earlier one, clear ones too, may still be there. A clear film's opens its captions as well, which lie beside its folder.
 */
export function deliverFilm(
  uses: Uses<'cdn' | 'clock' | 'config'>,
  row: Pick<VideoRow, 'id' | 'generation' | 'edition' | 'protection'>,
  { file, clientIp }: { readonly file: string; readonly clientIp: string },
): Promise<Delivery> {
  const folder = filmPrefix(row.id, row.generation, row.edition)
  const prefix = row.protection === 'clear' ? mediaPrefix(row.id) : folder
  const bound = uses.config.playbackBindsAddress ? { clientIp } : {}
  return uses.cdn.sign(prefix, folder.slice(prefix.length) + file, mediaExpiry(uses), bound)
}

/**
 * The storyboard, whose sheets lie in its folder. That alone opens: it is handed out without a session and for any address, so
 * it must not lead to the film.
 */
export function deliverStoryboard(
  uses: Uses<'cdn' | 'clock' | 'config'>,
  row: Pick<VideoRow, 'id' | 'generation'>,
  name: string,
): Promise<Delivery> {
  const key = generationPrefix(row.id, row.generation) + name
  const file = key.slice(key.lastIndexOf('/') + 1)
  return uses.cdn.sign(key.slice(0, -file.length), file, mediaExpiry(uses))
}

/**
 * When signed media URLs end. Rounded up to a sixth of their life, so that answers, their ETags and the browser's
 * cache keep for a while instead of changing with every request.
 */
export function mediaExpiry({ clock, config }: Uses<'clock' | 'config'>): Date {
  const step = Math.max(1, Math.floor(config.playbackUrlSeconds / 6)) * 1000
  const end = clock.now().getTime() + config.playbackUrlSeconds * 1000
  return new Date(config.playbackUrlSeconds < 60 ? end : Math.ceil(end / step) * step)
}

/** Drops what the database says is absent. */
function optional<T extends Record<string, unknown>>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as {
    [K in keyof T]?: NonNullable<T[K]>
  }
}
