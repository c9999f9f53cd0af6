import { expect } from 'vitest'
import { contract, type Gap, type Open } from '../run/contract.ts'
import type { Cdn, Delivery } from './cdn.ts'
import type { Storage } from './storage.ts'

export interface OpenedCdn {
  readonly cdn: Cdn
  readonly storage: Storage
  readonly later: Date
  readonly past: Date
}

/** A request as a player sends it: with the cookies of the delivery. */
const load = (url: string | URL, { cookies }: Delivery, headers: Record<string, string> = {}) => {
  const cookie = cookies.map((line) => line.split(';', 1)[0]).join('; ')
  return fetch(url, { headers: cookie === '' ? headers : { ...headers, cookie } })
}

const put = (storage: Storage, key: string, text = key) =>
  storage.put('media', key, new TextEncoder().encode(text), { contentType: 'text/plain' })

/** Every promise of the Cdn port, over the wire that viewers use. */
export function cdnContract(title: string, open: Open<OpenedCdn>, gaps: readonly Gap[] = []): void {
  contract(title, open, gaps, (rule) => {
    rule('gives a URL that opens the file', async ({ cdn, storage, later }) => {
      await put(storage, 'v/1/a.txt', 'bytes')
      const grant = await cdn.sign('v/1/', 'a.txt', later)
      const response = await load(grant.url, grant)
      expect([response.status, await response.text()]).toEqual([200, 'bytes'])
    })
    rule('opens what a playlist refers to by a relative URL', async ({ cdn, storage, later }) => {
      await put(storage, 'v/1/main.m3u8', '#EXTM3U\n#EXTINF:4,\n720p/1%20%C3%A4.m4s\n')
      await put(storage, 'v/1/720p/1 ä.m4s')
      const grant = await cdn.sign('v/1/', 'main.m3u8', later)
      const playlist = await (await load(grant.url, grant)).text()
      const line = playlist.split('\n').find((l) => l !== '' && !l.startsWith('#')) ?? ''
      const response = await load(new URL(line, grant.url), grant)
      expect([response.status, await response.text()]).toEqual([200, 'v/1/720p/1 ä.m4s'])
    })
    rule('opens a playlist within a playlist, and what that refers to', async ({ cdn, storage, later }) => {
      await put(storage, 'v/1/main.m3u8', '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n720p/list.m3u8\n')
      await put(storage, 'v/1/720p/list.m3u8', '#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\n#EXTINF:4,\n1.m4s\n')
      await put(storage, 'v/1/720p/init.mp4')
      const grant = await cdn.sign('v/1/', 'main.m3u8', later)
      const main = await (await load(grant.url, grant)).text()
      const listUrl = new URL(main.split('\n').find((l) => l !== '' && !l.startsWith('#')) ?? '', grant.url)
      const list = await (await load(listUrl, grant)).text()
      const init = await load(new URL(/URI="([^"]+)"/.exec(list)?.[1] ?? '', listUrl), grant)
      expect([init.status, await init.text()]).toEqual([200, 'v/1/720p/init.mp4'])
    })
    rule('does not open what lies outside the prefix', async ({ cdn, storage, later }) => {
      await put(storage, 'v/1/main.m3u8')
      await put(storage, 'v/2/main.m3u8')
      const grant = await cdn.sign('v/1/', 'main.m3u8', later)
      const other = grant.url.replace(/v(\/|%2F)1(\/|%2F)main/i, 'v$12$2main')
      expect(other).not.toBe(grant.url)
      expect((await load(other, grant)).status).toBe(403)
    })
    rule('opens nothing beside a file that refers to no others', async ({ cdn, storage, later }) => {
      await put(storage, 'v/1/poster.jpg')
      await put(storage, 'v/1/main.m3u8', '#EXTM3U\n')
      const grant = await cdn.sign('v/1/', 'poster.jpg', later)
      const other = grant.url.replace('poster.jpg', 'main.m3u8')
      expect(other).not.toBe(grant.url)
      expect([(await load(grant.url, grant)).status, (await load(other, grant)).status]).toEqual([200, 403])
    })
    rule('answers 403 once it has expired', async ({ cdn, storage, past }) => {
      await put(storage, 'v/1/main.m3u8')
      const grant = await cdn.sign('v/1/', 'main.m3u8', past)
      expect((await load(grant.url, grant)).status).toBe(403)
    })
    rule('answers 403 without its grant', async ({ cdn, storage, later }) => {
      await put(storage, 'v/1/main.m3u8')
      const { url } = await cdn.sign('v/1/', 'main.m3u8', later)
      const bare = url.includes('?')
        ? url.slice(0, url.indexOf('?'))
        : url.replace(/\/media\/[^/]+\//, '/media/x/')
      expect([403, 404]).toContain((await load(bare, { url, cookies: [] })).status)
    })
    rule('answers 403 for a grant in which a character was changed', async ({ cdn, storage, later }) => {
      await put(storage, 'v/1/main.m3u8')
      const { url } = await cdn.sign('v/1/', 'main.m3u8', later)
      // In the middle of the longest run of word characters, which is a signature wherever there is one.
      const longest = [...url.matchAll(/[\w~-]{20,}/g)].sort((a, b) => b[0].length - a[0].length)[0]
      const at = (longest?.index ?? 0) + Math.floor((longest?.[0].length ?? 0) / 2)
      const changed = url.slice(0, at) + (url[at] === 'A' ? 'B' : 'A') + url.slice(at + 1)
      expect((await load(changed, { url, cookies: [] })).status).toBe(403)
    })
    rule('answers 404 for a file that is not there', async ({ cdn, later }) => {
      const grant = await cdn.sign('v/1/', 'none.m3u8', later)
      expect((await load(grant.url, grant)).status).toBe(404)
    })
    rule('answers a range with 206', async ({ cdn, storage, later }) => {
      await put(storage, 'v/1/a.m4s', '0123456789')
      const grant = await cdn.sign('v/1/', 'a.m4s', later)
      const response = await load(grant.url, grant, { range: 'bytes=2-4' })
      expect([response.status, response.headers.get('content-range'), await response.text()]).toEqual([
        206,
        'bytes 2-4/10',
        '234',
      ])
    })
    rule('lets players of other sites read', async ({ cdn, storage, later }) => {
      await put(storage, 'v/1/a.m4s')
      const grant = await cdn.sign('v/1/', 'a.m4s', later)
      const response = await load(grant.url, grant, { origin: 'https://example.org' })
      expect(['*', 'https://example.org']).toContain(response.headers.get('access-control-allow-origin'))
    })
  })
}
