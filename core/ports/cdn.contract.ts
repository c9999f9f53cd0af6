import { expect } from 'vitest'
import { contract, type Gap, type Open } from '../run/contract.ts'
import type { Cdn } from './cdn.ts'
import type { Storage } from './storage.ts'

export interface OpenedCdn {
  readonly cdn: Cdn
  readonly storage: Storage
  readonly later: Date
  readonly past: Date
}

const put = (storage: Storage, key: string, text = key) =>
  storage.put('media', key, new TextEncoder().encode(text), { contentType: 'text/plain' })

/** Every promise of the Cdn port, over the wire that viewers use. */
export function cdnContract(title: string, open: Open<OpenedCdn>, gaps: readonly Gap[] = []): void {
  contract(title, open, gaps, (rule) => {
    rule('gives a URL that opens the file', async ({ cdn, storage, later }) => {
      await put(storage, 'v/1/main.m3u8', '#EXTM3U')
      const response = await fetch(await cdn.sign('v/1/', 'main.m3u8', later))
      expect([response.status, await response.text()]).toEqual([200, '#EXTM3U'])
    })
    rule('opens every object under the prefix by a relative URL', async ({ cdn, storage, later }) => {
      await put(storage, 'v/1/720p/1 ä.m4s')
      const response = await fetch(new URL('720p/1%20%C3%A4.m4s', await cdn.sign('v/1/', 'main.m3u8', later)))
      expect([response.status, await response.text()]).toEqual([200, 'v/1/720p/1 ä.m4s'])
    })
    rule('does not open what lies outside the prefix', async ({ cdn, storage, later }) => {
      await put(storage, 'v/2/main.m3u8')
      const url = new URL(await cdn.sign('v/1/', 'main.m3u8', later))
      const other = await fetch(url.href.replace('/v/1/', '/v/2/'))
      expect(other.status).toBe(403)
    })
    rule('answers 403 once it has expired', async ({ cdn, storage, past }) => {
      await put(storage, 'v/1/main.m3u8')
      expect((await fetch(await cdn.sign('v/1/', 'main.m3u8', past))).status).toBe(403)
    })
    rule('answers 403 for a URL whose expiry was changed', async ({ cdn, storage, later }) => {
      await put(storage, 'v/1/main.m3u8')
      const url = await cdn.sign('v/1/', 'main.m3u8', later)
      const expires = String(Math.floor(later.getTime() / 1000))
      expect(url).toContain(expires)
      expect((await fetch(url.replace(expires, String(Number(expires) + 1)))).status).toBe(403)
    })
    rule('answers 404 for a file that is not there', async ({ cdn, later }) => {
      expect((await fetch(await cdn.sign('v/1/', 'none.m3u8', later))).status).toBe(404)
    })
    rule('answers a range with 206', async ({ cdn, storage, later }) => {
      await put(storage, 'v/1/a.m4s', '0123456789')
      const response = await fetch(await cdn.sign('v/1/', 'a.m4s', later), {
        headers: { range: 'bytes=2-4' },
      })
      expect([response.status, response.headers.get('content-range'), await response.text()]).toEqual([
        206,
        'bytes 2-4/10',
        '234',
      ])
    })
    rule('lets players of other sites read', async ({ cdn, storage, later }) => {
      await put(storage, 'v/1/a.m4s')
      const response = await fetch(await cdn.sign('v/1/', 'a.m4s', later), {
        headers: { origin: 'https://example.org' },
      })
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
    })
  })
}
