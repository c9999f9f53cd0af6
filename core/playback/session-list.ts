import { and, desc, eq, lt, type SQL } from 'drizzle-orm'
import { DEFAULT_LIMIT, readCursor, toPage } from '../http/page.ts'
import type { Uses } from '../ports/ports.ts'
import { isId, type PlaybackSessionId, type UserId, type VideoId } from '../run/id.ts'
import { videos } from '../video/schema.ts'
import type { SessionRow } from './decide-facts.ts'
import { playbackSessions } from './schema.ts'
import { isLive } from './sessions.ts'
import type { Audience, AudienceSession, WatchingSession, WatchingSessions } from './wire.ts'

type Needs = Uses<'db' | 'clock' | 'config'>

interface Asked {
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
}
type Row = { readonly session: SessionRow; readonly title: string }

/** What the viewer is watching now, on all their devices, the last opened first. */
export async function watchingOf(uses: Needs, userId: UserId, asked: Asked): Promise<WatchingSessions> {
  const rows = await page(uses, { list: 'watching', which: eq(playbackSessions.userId, userId), asked })
  return toPage(rows, asked.limit ?? DEFAULT_LIMIT, {
    list: 'watching',
    key: keyOf,
    item: showWatching,
  }) as WatchingSessions
}

/** Who watches the film now, for its owner: without names and addresses. */
export async function audienceOf(uses: Needs, videoId: VideoId, asked: Asked): Promise<Audience> {
  const rows = await page(uses, { list: 'audience', which: eq(playbackSessions.videoId, videoId), asked })
  return toPage(rows, asked.limit ?? DEFAULT_LIMIT, {
    list: 'audience',
    key: keyOf,
    item: showAudience,
  }) as Audience
}

const keyOf = ({ session }: Row): string => session.id

function page(
  uses: Needs,
  { list, which, asked }: { list: string; which: SQL; asked: Asked },
): Promise<Row[]> {
  const after = readCursor(asked.cursor, list, (key) => isId('pbs', key)) as PlaybackSessionId | undefined
  const older = after && lt(playbackSessions.id, after)
  return uses.db
    .select({ session: playbackSessions, title: videos.title })
    .from(playbackSessions)
    .innerJoin(videos, eq(videos.id, playbackSessions.videoId))
    .where(and(which, isLive(uses), older))
    .orderBy(desc(playbackSessions.id))
    .limit((asked.limit ?? DEFAULT_LIMIT) + 1)
}

const timesOf = ({ createdAt, heartbeatAt }: SessionRow) => ({
  startedAt: createdAt.toISOString(),
  heartbeatAt: heartbeatAt.toISOString(),
})

const namesOf = ({ deviceName, country }: SessionRow) => ({
  ...(deviceName === null ? {} : { deviceName }),
  ...(country === null ? {} : { country }),
})

function showWatching({ session, title }: Row): WatchingSession {
  const { id, videoId, deviceId, counts } = session
  return { id, videoId, title, deviceId, ...namesOf(session), counts, ...timesOf(session) }
}

const showAudience = ({ session }: Row): AudienceSession => ({
  id: session.id,
  ...namesOf(session),
  signedIn: session.userId !== null,
  ...timesOf(session),
})
