import { describe, expect, it } from 'vitest'
import { openTestColumn } from '../../adapters/local/testing/column.ts'
import { createRouter } from '../http/router.ts'
import type { Cdn } from '../ports/cdn.ts'
import { deliveryRoutes } from './delivery-routes.ts'

/** An edge whose grant `good` is for any playlist of one film, as the column's store has it. */
async function openDelivery() {
  const column = await openTestColumn()
  const { storage, clock } = column.ports
  const expiresAt = new Date(clock.now().getTime() + 60_000)
  const cdn: Cdn = {
    sign: async (prefix, file) => ({ url: `https://edge.example/${prefix}${file}?sig=x`, cookies: [] }),
    playlists: {
      open: async (grant, key) =>
        grant === 'good' && key.startsWith('videos/1/') ? { prefix: 'videos/1/', expiresAt } : undefined,
    },
  }
  const router = createRouter(deliveryRoutes, async () => undefined)
  const load = (key: string) => {
    const query = new URLSearchParams({ grant: 'good', key })
    const request = { method: 'GET', path: '/v1/delivery', query, headers: {}, cookies: {}, params: {} }
    const whole = { ...request, body: new Uint8Array(), clientIp: '' }
    return router.handle(whole, { ...column.ports, cdn }, column.ctx)
  }
  const put = (key: string, text: string) =>
    storage.put('media', key, Buffer.from(text), { contentType: 'text/plain' })
  return Object.assign(column, { load, put })
}

describe('a playlist of an edge without grants for a prefix', () => {
  it('is handed out with each of its URIs signed', async () => {
    await using at = await openDelivery()
    await at.put('videos/1/g1/main.m3u8', '#EXTM3U\n#EXTINF:4,\n720p/1.m4s\n')
    expect((await at.load('videos/1/g1/main.m3u8')).body).toBe(
      '#EXTM3U\n#EXTINF:4,\nhttps://edge.example/videos/1/g1/720p/1.m4s?sig=x\n',
    )
  })
  it.each(['videos/1/../2/main.m3u8', 'videos/1//main.m3u8', `videos/1/${'ä'.repeat(480)}.m3u8`])(
    'is refused to a key that no object can have: %s',
    async (key) => {
      await using at = await openDelivery()
      expect([(await at.load(key)).status, at.log.lines]).toEqual([403, []])
    },
  )
})
