import { billingCustomers, planFeatures, subscriptions } from '../../../core/billing/schema.ts'
import { EUR } from '../../../core/billing/testing/objects.ts'
import { type ContentKey, contentKeysOf, makeContentKeys } from '../../../core/drm/content-keys.ts'
import { decide } from '../../../core/playback/decide.ts'
import type { Ports } from '../../../core/ports/ports.ts'
import { KEY_LABELS, type KeyLabel, type Protection } from '../../../core/protection/model.ts'
import type { Context } from '../../../core/run/context.ts'
import { idFromUuid, type PlaybackSessionId, type SessionId, type UserId } from '../../../core/run/id.ts'
import type { VideoRow } from '../../../core/video/show.ts'
import { aPerson, aVideo } from './rows.ts'

export interface Film {
  readonly video: VideoRow
  key(label: KeyLabel): ContentKey
}
export interface Viewing {
  readonly id: PlaybackSessionId
  readonly token: string
}

interface Outside {
  readonly ports: Ports
  readonly ctx: Context
  readonly ownerId: UserId
}

/** Public and ready, encrypted with a key for each label. */
export async function aProtectedFilm(
  { ports, ownerId }: Pick<Outside, 'ports' | 'ownerId'>,
  facts: Partial<VideoRow> & { readonly protection?: Exclude<Protection, 'clear'> } = {},
): Promise<Film> {
  const protection = facts.protection ?? 'cenc'
  const given = { visibility: 'public', status: 'ready', ownerId, ...facts, protection } as const
  const video = await aVideo(ports.db, given)
  const at = { videoId: video.id, generation: video.generation, edition: video.edition }
  await ports.db.transaction((tx) => makeContentKeys(tx, ports, { ...at, protection, labels: KEY_LABELS }))
  const keys = await contentKeysOf(ports, at)
  const key = (label: KeyLabel) => {
    const found = keys.get(label)
    if (!found) throw new Error(`no key for ${label}`)
    return found
  }
  return { video, key }
}

/** Opens a session of somebody, or of nobody at an address. */
export async function view(
  { ports, ctx }: Pick<Outside, 'ports' | 'ctx'>,
  { video }: Film,
  { userId, clientIp = '127.0.0.1' }: { userId?: UserId; clientIp?: string } = {},
): Promise<Viewing> {
  const device = { id: `device-${ports.ids.uuid()}`, player: 'player-1' }
  const actor = userId && { userId, sessionId: idFromUuid('ses', ports.ids.uuid()) as SessionId }
  const asker = { by: 'actor', actor, device } as const
  const request = { clientIp, headers: {} }
  const { session } = await decide(ports, ctx, { door: 'playback', asker, videoId: video.id, request })
  return { id: session.id, token: session.token }
}

/** Somebody who pays for `premium-titles` and `hd`. */
export async function aSubscriber({ db, ids, clock }: Ports): Promise<UserId> {
  const { id: userId, email } = await aPerson(db)
  const [now, at] = [clock.now(), { provider: 'stripe', providerCustomerId: `cus_${userId}` } as const]
  const customer = {
    id: idFromUuid('bcu', ids.uuid()),
    provider: at.provider,
    providerId: at.providerCustomerId,
  }
  await db.insert(billingCustomers).values({ ...customer, userId, email, createdAt: now })
  const features = ['premium-titles', 'hd'].map((feature) => ({
    provider: at.provider,
    planId: 'prod_1',
    feature,
  }))
  await db.insert(planFeatures).values(features).onConflictDoNothing()
  const periodEnd = new Date(now.getTime() + 30 * 86_400_000)
  const items = [{ productId: 'prod_1' }] as unknown as (typeof subscriptions.$inferInsert)['items']
  const dates = { startedAt: now, periodEnd, syncedAt: now }
  const facts = {
    id: `sub_${userId}`,
    status: 'active',
    currency: EUR,
    items,
    cancelAtPeriodEnd: false,
  } as const
  await db.insert(subscriptions).values({ ...at, ...facts, ...dates })
  return userId
}
