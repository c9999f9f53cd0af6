import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPlaybackDesk, outcome, type PlaybackDesk } from '../../adapters/local/testing/playback-desk.ts'
import { planFeatures, subscriptions } from '../billing/schema.ts'
import type { UserId } from '../run/id.ts'
import type { VideoRow } from '../video/show.ts'
import type { Ask } from './ask.ts'

let at: PlaybackDesk
beforeAll(async () => {
  at = await openPlaybackDesk()
})
afterAll(() => at[Symbol.asyncDispose]())

const DAY = 86_400_000
const inMs = (ms: number) => new Date(at.clock.now().getTime() + ms)
async function permit(film: VideoRow, userId: UserId | undefined, asked: Partial<Ask> = {}) {
  const { session } = await at.open(film, userId)
  return at.ask('clearkey', session.token, asked)
}

describe('qualities', () => {
  const all = ['AUDIO', 'SD', 'HD', 'UHD']
  it.each([
    ['a subscriber without hd', ['premium-titles'], ['AUDIO', 'SD']],
    ['a subscriber with hd', ['premium-titles', 'hd'], ['AUDIO', 'SD', 'HD']],
    ['a subscriber with uhd', ['premium-titles', 'uhd'], all],
  ] as const)('of %s', async (_, features, labels) => {
    expect((await permit(await at.aFilm(), await at.aSubscriber(features))).labels).toEqual(labels)
  })
  it('of a public film are all', async () => {
    expect((await permit(await at.aFilm({ visibility: 'public' }), undefined)).labels).toEqual(all)
  })
  it('of its owner are all', async () => {
    expect((await permit(await at.aFilm(), at.owner)).labels).toEqual(all)
  })
  it.each([
    ['software', ['AUDIO', 'SD']],
    ['hardware', all],
  ] as const)('of a film that wants hardware for HD are, in %s', async (security, labels) => {
    const film = await at.aFilm({ visibility: 'public', rules: { hardwareForHd: true } })
    expect((await permit(film, undefined, { security })).labels).toEqual(labels)
  })
  it('that are allowed are given although others are asked for as well', async () => {
    const film = await at.aFilm()
    const keyIds = [await at.keyOf(film, 'SD'), await at.keyOf(film, 'UHD')]
    expect((await permit(film, await at.aSubscriber(), { keyIds })).labels).toEqual(['AUDIO', 'SD'])
  })
})

describe('a licence is good', () => {
  it('as long as the settings say', async () => {
    expect((await permit(await at.aFilm(), await at.aSubscriber())).licenseSeconds).toBe(300)
  })
  it('no longer than the rights', async () => {
    const film = await at.aFilm({ rules: { endsAt: inMs(90_000) } })
    expect((await permit(film, await at.aSubscriber())).licenseSeconds).toBe(90)
  })
  it('no longer than the last window that is open', async () => {
    const startsAt = new Date('2020-01-01')
    const windows = [60_000, 120_000].map((ms) => ({ startsAt, endsAt: inMs(ms) }))
    expect((await permit(await at.aFilm({ windows }), await at.aSubscriber())).licenseSeconds).toBe(120)
  })
  it('no longer than what is paid for', async () => {
    const viewer = await at.aSubscriber(['premium-titles'], { periodEnd: inMs(45_000) })
    expect((await permit(await at.aFilm(), viewer)).licenseSeconds).toBe(45)
  })
  it('no longer than until the plan was cancelled for', async () => {
    const viewer = await at.aSubscriber(['premium-titles'], { cancelAt: inMs(30_000) })
    expect((await permit(await at.aFilm(), viewer)).licenseSeconds).toBe(30)
  })
  it('as long as the settings say while the provider has not told of the next period', async () => {
    const viewer = await at.aSubscriber(['premium-titles'], { periodEnd: inMs(-1000) })
    expect((await permit(await at.aFilm(), viewer)).licenseSeconds).toBe(300)
  })
  it('as long as the settings say for its owner, whatever the rights', async () => {
    expect((await permit(await at.aFilm({ rules: { endsAt: inMs(1000) } }), at.owner)).licenseSeconds).toBe(
      300,
    )
  })
})

describe('keeping a licence', () => {
  const rules = { allowOffline: true }
  const persist = { persist: true } as const
  it.each([
    ['without the feature', async () => at.aSubscriber()],
    ['without a plan at all', async () => at.aViewer()],
    ['for nobody in particular', async () => undefined],
  ])('is refused %s', async (_, who) => {
    const film = await at.aFilm({ visibility: 'public', rules })
    const viewer = (await who()) as UserId | undefined
    expect(await outcome(permit(film, viewer, persist))).toBe('offline-not-allowed')
  })
  it('is refused where the film does not allow it, for its owner, too', async () => {
    expect(await outcome(permit(await at.aFilm(), at.owner, persist))).toBe('offline-not-allowed')
  })
  it.each([
    ['thirty days for its owner', 30 * DAY, async () => at.owner],
    ['as long as what is paid for', 10 * DAY, async () => paidFor(10 * DAY)],
    ['thirty days where more is paid for', 30 * DAY, async () => paidFor(365 * DAY)],
    ['a licence’s time where the paid time is over', 300_000, async () => paidFor(-1000)],
  ])('is for %s', async (_, ms, who) => {
    const film = await at.aFilm({ rules })
    expect((await permit(film, await who(), persist)).persistUntil).toEqual(inMs(ms))
  })
  it('is for no longer than the rights', async () => {
    const film = await at.aFilm({ rules: { ...rules, endsAt: inMs(5 * DAY) } })
    expect((await permit(film, await paidFor(10 * DAY), persist)).persistUntil).toEqual(inMs(5 * DAY))
  })
  it('is for no longer than the plan that opens the film', async () => {
    const viewer = await paidFor(10 * DAY)
    await alsoPays(viewer, 'offline', inMs(20 * DAY))
    expect((await permit(await at.aFilm({ rules }), viewer, persist)).persistUntil).toEqual(inMs(10 * DAY))
  })
  it('is not said where nobody asks for it', async () => {
    expect(await permit(await at.aFilm({ rules }), at.owner)).not.toHaveProperty('persistUntil')
  })
})

const paidFor = (ms: number) => at.aSubscriber(['premium-titles', 'offline'], { periodEnd: inMs(ms) })

/** By a subscription of its own. */
async function alsoPays(userId: UserId, feature: string, periodEnd: Date): Promise<void> {
  const { db } = at.ports
  const [first] = await db
    .select()
    .from(subscriptions)
    .where(eq(subscriptions.providerCustomerId, `cus_${userId}`))
  if (!first) throw new Error('the viewer pays for nothing')
  const planId = `prod_more_${userId}`
  await db.insert(planFeatures).values({ provider: first.provider, planId, feature })
  const items = [{ productId: planId }] as unknown as typeof first.items
  await db.insert(subscriptions).values({ ...first, id: `sub_more_${userId}`, items, periodEnd })
}
