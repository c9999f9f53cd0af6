import { eq } from 'drizzle-orm'
import { billingCustomers, planFeatures, subscriptions } from '../../../core/billing/schema.ts'
import { availabilityWindows, titles } from '../../../core/catalog/schema.ts'
import { keyFactsOf, makeContentKeys } from '../../../core/drm/content-keys.ts'
import type { Ask, Device, Permit } from '../../../core/playback/ask.ts'
import { decide } from '../../../core/playback/decide.ts'
import type { Door, RefusalReason } from '../../../core/playback/model.ts'
import { PlaybackRefused } from '../../../core/playback/refusals.ts'
import { playbackDecisions, playbackRules, playbackSessions } from '../../../core/playback/schema.ts'
import { KEY_LABELS, type KeyLabel } from '../../../core/protection/model.ts'
import type { Config } from '../../../core/run/config.ts'
import { idFromUuid, type UserId, type VideoId } from '../../../core/run/id.ts'
import type { VideoRow } from '../../../core/video/show.ts'
import { openTestColumn, type TestColumn } from './column.ts'
import { aPerson, aVideo } from './rows.ts'

type Rules = Partial<typeof playbackRules.$inferInsert>
type Window = Omit<typeof availabilityWindows.$inferInsert, 'titleId' | 'position'>
interface FilmFacts extends Partial<VideoRow> {
  readonly rules?: Rules
  /** Of a title that shows the film. */
  readonly windows?: readonly Window[]
}
interface From extends Partial<Device> {
  readonly ip?: string
  readonly headers?: Readonly<Record<string, string>>
}
type Asked = Partial<Omit<Ask, 'door' | 'asker' | 'request'>> & From

/** The decision over a column with films, viewers and plans. */
export interface PlaybackDesk extends TestColumn {
  readonly owner: UserId
  aViewer(): Promise<UserId>
  /** Somebody whose plan has these features, until `periodEnd`. */
  aSubscriber(features?: readonly string[], more?: PlanFacts): Promise<UserId>
  endPlan(userId: UserId): Promise<void>
  /** For subscribers, ready and encrypted with a key for each label, unless the facts say otherwise. */
  aFilm(facts?: FilmFacts): Promise<VideoRow>
  setRules(videoId: VideoId, rules: Rules): Promise<void>
  keyOf(film: VideoRow, label: KeyLabel): Promise<string>
  /** Asks for the film as a player does that has no session yet. */
  open(film: { readonly id: string }, userId?: UserId, from?: From & { door?: Door }): Promise<Permit>
  /** Asks with the token of a session. */
  ask(door: Door, token: string | undefined, asked?: Asked): Promise<Permit>
  sessionOf(id: string): Promise<typeof playbackSessions.$inferSelect | undefined>
  decisionsOf(videoId: VideoId): Promise<readonly (typeof playbackDecisions.$inferSelect)[]>
}
interface PlanFacts {
  readonly periodEnd?: Date
  readonly cancelAt?: Date
}

/** `ok`, or why not. */
export const outcome = (asked: Promise<unknown>): Promise<'ok' | RefusalReason> =>
  asked.then(
    () => 'ok' as const,
    (error: unknown) => {
      if (error instanceof PlaybackRefused) return error.reason
      throw error
    },
  )

export async function openPlaybackDesk(config: Partial<Config> = {}): Promise<PlaybackDesk> {
  const column = await openTestColumn({ config })
  const { ports, ctx } = column
  const { db } = ports
  const owner = (await aPerson(db)).id
  const request = ({ ip = '192.0.2.1', headers = {} }: From) => ({ clientIp: ip, headers })
  return Object.assign(column, {
    owner,
    aViewer: async () => (await aPerson(db)).id,
    aSubscriber: (features: readonly string[] = ['premium-titles'], more: PlanFacts = {}) =>
      aSubscriber(column, features, more),
    endPlan: async (userId: UserId) => {
      const ended = { status: 'canceled' } as const
      await db
        .update(subscriptions)
        .set(ended)
        .where(eq(subscriptions.providerCustomerId, `cus_${userId}`))
    },
    aFilm: (facts: FilmFacts = {}) => aFilm(column, owner, facts),
    setRules: (videoId: VideoId, rules: Rules) => setRules(column, videoId, rules),
    keyOf: async (film: VideoRow, label: KeyLabel) => {
      const found = (await keyFactsOf(db, film.id)).find((key) => key.label === label)
      if (!found) throw new Error(`the film has no key for ${label}`)
      return found.keyId
    },
    open: (film: { readonly id: string }, userId?: UserId, from: From & { door?: Door } = {}) => {
      const { id, player, name, door = 'playback' } = from
      const named = { ...(player ? { player } : {}), ...(name ? { name } : {}) }
      const device = id === undefined ? {} : { device: { id, ...named } }
      const actor = userId && { userId, sessionId: idFromUuid('ses', ports.ids.uuid()) }
      const asker = { by: 'actor', actor, ...device } as const
      return decide(ports, ctx, { door, asker, videoId: film.id, request: request(from) })
    },
    ask: (door: Door, token: string | undefined, { ip, headers, ...asked }: Asked = {}) => {
      const from = { ...(ip ? { ip } : {}), ...(headers ? { headers } : {}) }
      return decide(ports, ctx, { door, asker: { by: 'token', token }, ...asked, request: request(from) })
    },
    sessionOf: async (id: string) =>
      (
        await db
          .select()
          .from(playbackSessions)
          .where(eq(playbackSessions.id, id as never))
      )[0],
    decisionsOf: (videoId: VideoId) =>
      db
        .select()
        .from(playbackDecisions)
        .where(eq(playbackDecisions.videoId, videoId))
        .orderBy(playbackDecisions.id),
  })
}

/** As the mirror has it once the payment provider has told. */
async function aSubscriber(
  { ports: { db, ids, clock } }: TestColumn,
  features: readonly string[],
  { periodEnd = new Date(clock.now().getTime() + 30 * 86_400_000), cancelAt }: PlanFacts,
): Promise<UserId> {
  const { id: userId, email } = await aPerson(db)
  const [provider, planId, now] = ['stripe', `prod_${userId}`, clock.now()] as const
  const customer = { id: idFromUuid('bcu', ids.uuid()), provider, providerId: `cus_${userId}` }
  await db.insert(billingCustomers).values({ ...customer, userId, email, createdAt: now })
  await db.insert(planFeatures).values(features.map((feature) => ({ provider, planId, feature })))
  const items = [{ productId: planId }] as unknown as (typeof subscriptions.$inferInsert)['items']
  await db.insert(subscriptions).values({
    ...{ provider, id: `sub_${userId}`, providerCustomerId: `cus_${userId}`, status: 'active' },
    ...{ currency: 'eur' as never, items, cancelAtPeriodEnd: false, cancelAt: cancelAt ?? null },
    ...{ startedAt: now, periodEnd, syncedAt: now },
  })
  return userId
}

async function aFilm(
  { ports }: TestColumn,
  ownerId: UserId,
  { rules, windows, ...facts }: FilmFacts,
): Promise<VideoRow> {
  const { db } = ports
  const given = {
    visibility: 'subscribers',
    status: 'ready',
    protection: 'cenc',
    revision: 1,
    ownerId,
  } as const
  const video = await aVideo(db, { ...given, ...facts })
  if (rules) await setRules({ ports }, video.id, rules)
  if (windows) await aTitle({ ports }, video, windows)
  const { id: videoId, generation, edition, protection } = video
  if (protection !== 'clear')
    await db.transaction((tx) =>
      makeContentKeys(tx, ports, { videoId, generation, edition, protection, labels: KEY_LABELS }),
    )
  return video
}

async function setRules({ ports: { db, clock } }: Pick<TestColumn, 'ports'>, videoId: VideoId, rules: Rules) {
  const set = { ...rules, updatedAt: clock.now() }
  await db
    .insert(playbackRules)
    .values({ videoId, ...set })
    .onConflictDoUpdate({ target: playbackRules.videoId, set })
}

async function aTitle(
  { ports: { db, ids, clock } }: Pick<TestColumn, 'ports'>,
  { id: videoId, ownerId }: VideoRow,
  windows: readonly Window[],
): Promise<void> {
  const [titleId, now] = [idFromUuid('ttl', ids.uuid()), clock.now()]
  await db.insert(titles).values({
    ...{ id: titleId, ownerId, videoId, kind: 'film', name: 'A title', synopsis: '', visibility: 'public' },
    ...{ languages: [], genres: [], createdAt: now, updatedAt: now },
  })
  const rows = windows.map((window, position) => ({ ...window, titleId, position }))
  await db.insert(availabilityWindows).values(rows)
}
