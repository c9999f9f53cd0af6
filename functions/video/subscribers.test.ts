import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Title, TitlePage } from '../../core/catalog/wire.ts'
import {
  billingCustomers,
  captions,
  planFeatures,
  subscriptions,
  thumbnails,
  videos,
} from '../../core/database/schema.ts'
import { idFromUuid, type UserId, type VideoId } from '../../core/run/id.ts'
import { generationPrefix, type VideoStatus, type Visibility } from '../../core/video/model.ts'
import type { Captions, Playback, Thumbnails, Video, VideoPage } from '../../core/video/wire.ts'
import {
  type Client,
  openTestPlatform,
  type ProblemBody,
  type TestPlatform,
} from '../entry/testing/platform.ts'

let at: TestPlatform
let owner: Client
let viewer: Client
let subscriber: Client
beforeAll(async () => {
  at = await openTestPlatform()
  ;[owner, viewer, subscriber] = [await at.signUp(), await at.signUp(), await at.signUp()]
  await subscribe(await idOf(subscriber))
})
afterAll(() => at[Symbol.asyncDispose]())

const db = () => at.platform.ports.db
const idOf = async (who: Client) =>
  ((await who.call('GET', '/v1/me')).body as { id: string; user?: { id: string } }).id as UserId

/** As the mirror has it once Stripe has told. */
async function subscribe(userId: UserId): Promise<void> {
  const now = at.platform.ports.clock.now()
  const id = idFromUuid('bcu', at.platform.ports.ids.uuid())
  const [provider, customer] = ['stripe', `cus_${id}`] as const
  await db()
    .insert(billingCustomers)
    .values({ id, userId, provider, providerId: customer, email: 'a@example.org', createdAt: now })
  await db()
    .insert(planFeatures)
    .values({ provider, planId: 'prod_1', feature: 'premium-titles' })
    .onConflictDoNothing()
  const item = { id: 'si_1', priceId: 'price_1', productId: 'prod_1', quantity: 1 }
  const period = { periodStart: now.toISOString(), periodEnd: now.toISOString() }
  await db()
    .insert(subscriptions)
    .values({
      ...{
        provider,
        id: `sub_${id}`,
        providerCustomerId: customer,
        status: 'active',
        currency: 'eur' as never,
      },
      ...{ items: [{ ...item, ...period }], cancelAtPeriodEnd: false, startedAt: now, periodEnd: now },
      syncedAt: now,
    })
}

/** A film as if it had been transcoded, with poster, storyboard and captions. */
async function film(visibility: Visibility, status: VideoStatus = 'ready'): Promise<VideoId> {
  const made = await owner.call('POST', '/v1/videos', { title: 'A film', visibility })
  const id = (made.body as Video).id as VideoId
  const prefix = generationPrefix(id, 1)
  const files = ['master.1.m3u8', 'manifest.1.mpd', 'poster.jpg', 'storyboard.vtt', '720p/1.m4s']
  for (const key of [...files.map((file) => prefix + file), `${prefix}captions/en.vtt`])
    await at.platform.ports.storage.put('media', key, new TextEncoder().encode(key), {
      contentType: 'text/plain',
    })
  const facts = { status, generation: 1, revision: 1, poster: 'poster.jpg', durationSeconds: 60 }
  await db().update(videos).set(facts).where(eq(videos.id, id))
  const still = { videoId: id, generation: 1, width: 16, height: 9 }
  await db()
    .insert(thumbnails)
    .values([
      { ...still, kind: 'poster', name: 'poster.jpg' },
      { ...still, kind: 'storyboard', name: 'storyboard.vtt' },
    ])
  const caption = { language: 'en', label: 'English', cues: 1, objectKey: `${prefix}captions/en.vtt` }
  await db()
    .insert(captions)
    .values({ ...caption, videoId: id, updatedAt: at.platform.ports.clock.now() })
  return id
}
const see = async (who: Client, id: string) => (await who.call('GET', `/v1/videos/${id}`)).body as Video

describe('a film for subscribers', () => {
  let id: VideoId
  beforeEach(async () => {
    id = await film('subscribers')
  })

  it('is listed for everybody', async () => {
    const { items } = (await at.nobody.call('GET', '/v1/videos?scope=public')).body as VideoPage
    expect(items.find((item) => item.id === id)?.visibility).toBe('subscribers')
  })
  it('is shown to everybody, with its poster', async () => {
    const { title, posterUrl } = await see(at.nobody, id)
    expect([title, (await fetch(posterUrl ?? '')).status]).toEqual(['A film', 200])
  })
  it.each([
    ['nobody in particular', () => at.nobody],
    ['a viewer without a plan', () => viewer],
  ])('is not played for %s', async (_, who) => {
    const answer = await who().call('GET', `/v1/videos/${id}/playback`)
    const { code, detail } = answer.body as ProblemBody
    expect([answer.status, code, detail]).toEqual([
      402,
      'subscription-required',
      'This film is for subscribers. The plans that have it are at /plans/.',
    ])
  })
  it.each([
    ['a subscriber', () => subscriber],
    ['its owner', () => owner],
  ])('is played for %s', async (_, who) => {
    const { hlsUrl } = (await who().call('GET', `/v1/videos/${id}/playback`)).body as Playback
    expect((await fetch(hlsUrl)).status).toBe(200)
  })
  it('is not played any more once the subscription has ended', async () => {
    const leaver = await at.signUp()
    const userId = await idOf(leaver)
    await subscribe(userId)
    const before = (await leaver.call('GET', `/v1/videos/${id}/playback`)).status
    const [customer] = await db().select().from(billingCustomers).where(eq(billingCustomers.userId, userId))
    await db()
      .update(subscriptions)
      .set({ status: 'canceled' })
      .where(eq(subscriptions.providerCustomerId, customer?.providerId ?? ''))
    const after = (await leaver.call('GET', `/v1/videos/${id}/playback`)).status
    expect([before, after]).toEqual([200, 402])
  })
  it.each(['master.1.m3u8', 'manifest.1.mpd', '720p/1.m4s', 'storyboard.vtt', 'captions/en.vtt'])(
    'is not opened by its poster’s URL: %s',
    async (file) => {
      const { posterUrl = '' } = await see(viewer, id)
      const other = posterUrl.replace('poster.jpg', file)
      expect([posterUrl.endsWith('poster.jpg'), (await fetch(other)).status]).toEqual([true, 403])
    },
  )
  it('shows its captions’ names alone to whom it is not played', async () => {
    const { items } = (await viewer.call('GET', `/v1/videos/${id}/captions`)).body as Captions
    expect(items).toEqual([{ language: 'en', label: 'English', cues: 1 }])
  })
  it('gives its captions to a subscriber', async () => {
    const { items } = (await subscriber.call('GET', `/v1/videos/${id}/captions`)).body as Captions
    expect((await fetch(items[0]?.url ?? '')).status).toBe(200)
  })
  it('gives its poster and no storyboard to whom it is not played', async () => {
    const { items } = (await viewer.call('GET', `/v1/videos/${id}/thumbnails`)).body as Thumbnails
    expect(items.map(({ kind }) => kind)).toEqual(['poster'])
  })
  it('gives its storyboard to a subscriber', async () => {
    const { items } = (await subscriber.call('GET', `/v1/videos/${id}/thumbnails`)).body as Thumbnails
    expect(items.map(({ kind }) => kind).sort()).toEqual(['poster', 'storyboard'])
  })
  it('is hidden from subscribers, too, while it does not play', async () => {
    const early = await film('subscribers', 'processing')
    expect(await subscriber.refusal('GET', `/v1/videos/${early}/playback`)).toBe('404 not-found')
  })
  it('is not theirs to change', async () => {
    expect(await subscriber.refusal('PATCH', `/v1/videos/${id}`, { title: 'mine' })).toBe('403 forbidden')
  })
})

describe('other films', () => {
  it('that are private stay hidden from subscribers', async () => {
    const id = await film('private')
    expect(await subscriber.refusal('GET', `/v1/videos/${id}/playback`)).toBe('404 not-found')
  })
  it('that are public play for everybody', async () => {
    const id = await film('public')
    expect((await at.nobody.call('GET', `/v1/videos/${id}/playback`)).status).toBe(200)
  })
})

describe('a title for subscribers', () => {
  it('is listed and shown to everybody with its film’s poster', async () => {
    const videoId = await film('subscribers')
    const body = { kind: 'film', name: 'A title', visibility: 'subscribers', videoId }
    const { id } = (await owner.call('POST', '/v1/titles', body)).body as Title
    const { items } = (await at.nobody.call('GET', '/v1/titles?scope=public')).body as TitlePage
    const title = (await at.nobody.call('GET', `/v1/titles/${id}`)).body as Title
    expect([items.some((item) => item.id === id), title.visibility, title.videoId]).toEqual([
      true,
      'subscribers',
      videoId,
    ])
  })
})
