import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRouter } from '../../core/http/router.ts'
import { cdnContract, filesForAddresses } from '../../core/ports/cdn.contract.ts'
import type { Ports } from '../../core/ports/ports.ts'
import { deliveryRoutes } from '../../core/video/delivery-routes.ts'
import { systemClock } from '../node/clock.ts'
import { askRaw } from '../node/testing/raw-request.ts'
import { openTestServer } from '../node/testing/server.ts'
import { type Azurite, azuriteMissing, openAzurite } from './testing/azurite.ts'
import { openDeliveryOn } from './testing/delivery.ts'

const missing = azuriteMissing()

describe.skipIf(missing !== undefined)(`Front Door${missing ? ` (${missing})` : ''}`, () => {
  let azurite: Azurite
  beforeAll(async () => {
    azurite = await openAzurite()
  })
  afterAll(() => azurite[Symbol.asyncDispose]())
  const open = () => openDeliveryOn(azurite)
  const put = (at: Awaited<ReturnType<typeof open>>, key: string, text = key) =>
    at.storage.put('media', key, Buffer.from(text), { contentType: 'text/plain' })

  cdnContract(
    'Front Door with playlists of our own',
    async () => Object.assign(await open(), { ask: askRaw }),
    filesForAddresses('Front Door asks the store, so the address in a SAS would be its own'),
  )

  it('gives a file a signature of its own', async () => {
    await using at = await open()
    for (const key of ['v/1/a.m4s', 'v/1/b.m4s']) await put(at, key)
    const { url } = await at.cdn.sign('v/1/', 'a.m4s', at.later)
    expect((await fetch(url.replace('a.m4s', 'b.m4s'))).status).toBe(403)
  })
  it('hands out a playlist with its type, open to players of other sites, for as long as the grant is good', async () => {
    await using at = await open()
    await put(at, 'v/1/a.m3u8', '#EXTM3U\n')
    const { headers } = await fetch((await at.cdn.sign('v/1/', 'a.m3u8', at.later)).url)
    const shown = ['content-type', 'access-control-allow-origin'].map((name) => headers.get(name))
    expect(shown).toEqual(['application/vnd.apple.mpegurl', '*'])
    expect(headers.get('cache-control')).toMatch(/^private, max-age=3[56]\d\d$/)
  })
  it('opens no other kind of file by the grant of a playlist', async () => {
    await using at = await open()
    for (const key of ['v/1/a.m3u8', 'v/1/a.m4s']) await put(at, key)
    const { url } = await at.cdn.sign('v/1/', 'a.m3u8', at.later)
    expect((await fetch(url.replace('m3u8', 'm4s'))).status).toBe(403)
  })
  it.each(['v/1/../2/a.m3u8', 'v/1//a.m3u8', 'v/1/./a.m3u8'])('refuses the strange key %s', async (key) => {
    await using at = await open()
    const url = new URL((await at.cdn.sign('v/1/', 'a.m3u8', at.later)).url)
    url.searchParams.set('key', key)
    expect((await fetch(url)).status).toBe(403)
  })
  it('refuses to hand out a playlist that is too long to be ours', async () => {
    await using at = await open()
    await put(at, 'v/1/a.m3u8', '#\n'.repeat(2_200_000))
    expect((await fetch((await at.cdn.sign('v/1/', 'a.m3u8', at.later)).url)).status).toBe(500)
  })
  it('opens the sheets of a storyboard', async () => {
    await using at = await open()
    await put(at, 'v/1/s-0.jpg', 'jpeg')
    await put(at, 'v/1/s.vtt', 'WEBVTT\n\n00:00.000 --> 00:01.000\ns-0.jpg#xywh=0,0,160,90\n')
    const text = await (await fetch((await at.cdn.sign('v/1/', 's.vtt', at.later)).url)).text()
    const sheet = await fetch(text.split('\n').find((line) => line.startsWith('http')) ?? '')
    expect(await sheet.text()).toBe('jpeg')
  })
  it('gives every viewer the same URL for as long as its end is the same, so that Front Door can keep the answer', async () => {
    await using at = await open()
    const [one, two] = [
      await at.cdn.sign('v/1/', 'a.m4s', at.later),
      await at.cdn.sign('v/1/', 'a.m4s', at.later),
    ]
    expect(two).toEqual(one)
  })
  it('leads nowhere on a platform whose edge has grants for a prefix', async () => {
    await using at = await open()
    const { sign } = at.cdn
    const router = createRouter(deliveryRoutes, async () => undefined)
    const ports = { storage: at.storage, clock: systemClock, cdn: { sign } } as unknown as Ports
    await using api = await openTestServer({ handle: (request, ctx) => router.handle(request, ports, ctx) })
    const { search } = new URL((await sign('v/1/', 'a.m3u8', at.later)).url)
    expect((await fetch(`${api.origin}/v1/delivery${search}`)).status).toBe(404)
  })
})
