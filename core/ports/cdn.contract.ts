import { expect } from 'vitest'
import { contract, type Gap, type Open } from '../run/contract.ts'
import type { Cdn, Delivery } from './cdn.ts'
import type { Storage } from './storage.ts'

export interface OpenedCdn {
  readonly cdn: Cdn
  readonly storage: Storage
  readonly later: Date
  readonly past: Date
  /** Sets the clock of whoever checks the grants of playlists. */
  setNow(now: Date): void
  readonly rotation: {
    /** From now on a new key signs, and the edge knows it beside the old one. */
    begin(): void
    /** The edge forgets the old one. */
    end(): void
  }
  /** GET of a URL whose path goes over the wire as it is written; `from` is an address of this machine. */
  ask(url: string, more: { headers?: Record<string, string>; from?: string }): Promise<RawAnswer>
}

interface RawAnswer {
  readonly status: number
  readonly text: string
}

/** A request as a player sends it: with the cookies of the delivery. */
const load = (url: string | URL, delivery: Delivery, headers: Record<string, string> = {}) =>
  fetch(url, { headers: { ...headers, ...cookieOf(delivery) } })

const cookieOf = ({ cookies }: Delivery): Record<string, string> =>
  cookies.length === 0 ? {} : { cookie: cookies.map((line) => line.split(';', 1)[0]).join('; ') }

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
    rule(
      'opens nothing else by a grant in which a field was changed',
      async ({ cdn, storage, later, ask }) => {
        await put(storage, 'v/1/main.m3u8')
        const grant = await cdn.sign('v/1/', 'main.m3u8', later)
        for (const url of withFieldsChanged(grant.url))
          expect([url, REFUSED.includes((await ask(url, {})).status)]).toEqual([url, true])
        const bare = grant.url.split('?', 1)[0] ?? ''
        for (const cookie of withFieldsChanged(cookieOf(grant).cookie ?? ''))
          expect([cookie, (await ask(bare, { headers: { cookie } })).status]).toEqual([cookie, 403])
      },
    )
    rule('climbs out of the prefix by no way of writing a path', async ({ cdn, storage, later, ask }) => {
      for (const key of [
        'v/1/main.m3u8',
        'v/1/a.m4s',
        'v/2/main.m3u8',
        'v/2/a.m4s',
        'v/11/main.m3u8',
        'v/11/a.m4s',
      ])
        await put(storage, key, key.startsWith('v/1/') ? '#EXTM3U\n' : 'of somebody else')
      for (const file of ['main.m3u8', 'a.m4s']) {
        const grant = await cdn.sign('v/1/', file, later)
        for (const path of CLIMBING.map((folder) => folder + file)) {
          const url = elsewhere(grant.url, `v/1/${file}`, path)
          const { status, text } = await ask(url, { headers: cookieOf(grant) })
          // Not what it is refused with: an emulator answers 500 to a name that is no UTF-8.
          const opened = status < 400 || text.includes('of somebody else')
          expect({ url, status, opened }).toEqual({ url, status, opened: false })
        }
      }
    })
    rule('takes the two ways of writing an accent for two names', async ({ cdn, storage, later, ask }) => {
      await put(storage, 'v/\u00e9/a.m4s')
      await put(storage, 'v/e\u0301/a.m4s', 'of somebody else')
      const grant = await cdn.sign('v/\u00e9/', 'a.m4s', later)
      const other = grant.url.replace('%C3%A9', 'e%CC%81')
      expect(other).not.toBe(grant.url)
      expect([403, 404]).toContain((await ask(other, { headers: cookieOf(grant) })).status)
    })
    rule(
      'opens until the last moment before it expires, and not at it',
      async ({ cdn, storage, later, setNow }) => {
        await put(storage, 'v/1/main.m3u8', '#EXTM3U\n')
        const whole = Math.floor(later.getTime() / 1000) * 1000
        // Half a second more: a grant is never good for longer than was asked.
        const grant = await cdn.sign('v/1/', 'main.m3u8', new Date(whole + 500))
        setNow(new Date(whole - 1))
        const before = await load(grant.url, grant)
        setNow(new Date(whole))
        expect([before.status, (await load(grant.url, grant)).status]).toEqual([200, 403])
      },
    )
    rule('opens by the older key while the edge knows both, and by the newer one', async (opened) => {
      const [before, after] = await signAround(opened)
      expect([
        before.url !== after.url,
        await opensAll(opened, before),
        await opensAll(opened, after),
      ]).toEqual([true, [200, 200], [200, 200]])
    })
    rule('opens no more by the older key once the edge has forgotten it', async (opened) => {
      const [before, after] = await signAround(opened)
      opened.rotation.end()
      expect([await opensAll(opened, before), await opensAll(opened, after)]).toEqual([
        [403, 403],
        [200, 200],
      ])
    })
    rule('opens a playlist and what it refers to for the address that it is for', async (opened) => {
      const { cdn, storage, later } = opened
      await storeChain(storage)
      const grant = await cdn.sign('v/1/', 'main.m3u8', later, { clientIp: '127.0.0.1' })
      expect(await chainFrom(opened, grant, '127.0.0.1')).toEqual([200, 200, 200])
    })
    rule('answers 403 to another address for a playlist, and for one within it', async (opened) => {
      const { cdn, storage, later, ask } = opened
      await storeChain(storage)
      const grant = await cdn.sign('v/1/', 'main.m3u8', later, { clientIp: '127.0.0.1' })
      const [, list] = await chainUrls(opened, grant)
      const from = { headers: cookieOf(grant), from: '127.0.0.2' }
      const answers = [await ask(grant.url, from), await ask(list, from)]
      expect(answers.map(({ status }) => status)).toEqual([403, 403])
    })
    rule('answers 403 to another address for a file', async ({ cdn, storage, later, ask }) => {
      await put(storage, 'v/1/a.m4s')
      const { url } = await cdn.sign('v/1/', 'a.m4s', later, { clientIp: '127.0.0.1' })
      expect((await ask(url, { from: '127.0.0.2' })).status).toBe(403)
    })
    rule('answers 403 to another address for a segment that a playlist names', async (opened) => {
      const { cdn, storage, later, ask } = opened
      await storeChain(storage)
      const grant = await cdn.sign('v/1/', 'main.m3u8', later, { clientIp: '127.0.0.1' })
      const [, , init] = await chainUrls(opened, grant)
      expect((await ask(init, { headers: cookieOf(grant), from: '127.0.0.2' })).status).toBe(403)
    })
  })
}

/** Of edges that cannot tell who asks for a file: their rules with it are gaps, for these reasons. */
export const filesForAddresses = (because: string): readonly Gap[] =>
  [
    'answers 403 to another address for a file',
    'answers 403 to another address for a segment that a playlist names',
  ].map((test) => ({ test, because }))

const REFUSED: readonly number[] = [400, 403, 404]

/** Each run of word characters in the grant changed in its middle: of a query its values, of a path its second part. */
function withFieldsChanged(grant: string): string[] {
  const [head, tail] = grant.includes('?')
    ? grant.split(/(?<=\?)/)
    : split(grant, /^https?:\/\/[^/]+\/[^/]+\//)
  const fields = [...(tail ?? '').matchAll(/[\w~%-]+/g)].filter(
    ([field]) => !/^(?:v|1|main|m3u8)$/.test(field),
  )
  return fields.map(({ 0: field, index }) => {
    const at = index + Math.floor(field.length / 2)
    const other = tail?.[at] === 'A' ? 'B' : 'A'
    return `${head}${tail?.slice(0, at)}${other}${tail?.slice(at + 1)}`
  })
}

const split = (text: string, head: RegExp): [string, string] => {
  const length = head.exec(text)?.[0].length ?? 0
  return [text.slice(0, length), text.slice(length)]
}

const CLIMBING = [
  ...['v/2/', 'v/11/', 'v//1/', '/v/1/', 'v/1/../2/', 'v/1/./../2/', 'v/1/..;/2/', 'v/1/..\\2/'],
  ...['v/1/%2e%2e/2/', 'v/1/%2E%2E%2F2/', 'v/1/..%2f2/', 'v/1/%252e%252e%252f2/', 'v/1/%c0%ae%c0%ae/2/'],
  ...[
    'v/1/%00/../2/',
    'v/1%00/',
    'v/2/%00v/1/',
    'v/1/..%5c2/',
    'v/1?/../2/',
    'v/1%3f/../2/',
    'v/1%2f..%2f2/',
  ],
]

/** The URL with another path for the key; where the key is in the query, its slashes are written as that wants them. */
function elsewhere(url: string, key: string, path: string): string {
  const inQuery = key.replaceAll('/', '%2F')
  const other = url.includes(inQuery)
    ? url.replace(inQuery, path.replaceAll('/', '%2F').replaceAll('?', '%3F'))
    : url.replace(key, path)
  expect(other).not.toBe(url)
  return other
}

/** A film of one playlist and one file, signed before and after a new key has come. */
async function signAround({ cdn, storage, later, rotation }: OpenedCdn): Promise<[Delivery, Delivery]> {
  await storeChain(storage)
  const before = await cdn.sign('v/1/', 'main.m3u8', later)
  rotation.begin()
  return [before, await cdn.sign('v/1/', 'main.m3u8', later)]
}

/** Statuses of the playlist and of the one within it, whose grant is made by whoever hands out the first. */
async function opensAll({ ask }: OpenedCdn, grant: Delivery): Promise<number[]> {
  const headers = cookieOf(grant)
  const bare = (grant.url.includes('/v1/delivery') ? grant.url : grant.url.split('?', 1)[0]) ?? ''
  return [(await ask(grant.url, {})).status, (await ask(bare, { headers })).status]
}

async function storeChain(storage: Storage): Promise<void> {
  await put(storage, 'v/1/main.m3u8', '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n720p/list.m3u8\n')
  await put(storage, 'v/1/720p/list.m3u8', '#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\n#EXTINF:4,\n1.m4s\n')
  await put(storage, 'v/1/720p/init.mp4')
}

/** URLs of the playlist, the one within it and the file that this names, as the player at the address finds them. */
async function chainUrls({ ask }: OpenedCdn, grant: Delivery): Promise<[string, string, string]> {
  const from = { headers: cookieOf(grant), from: '127.0.0.1' }
  const main = (await ask(grant.url, from)).text
  const list = new URL(main.split('\n').find((l) => l !== '' && !l.startsWith('#')) ?? '', grant.url).href
  const init = /URI="([^"]+)"/.exec((await ask(list, from)).text)?.[1] ?? ''
  return [grant.url, list, new URL(init, list).href]
}

async function chainFrom(opened: OpenedCdn, grant: Delivery, from: string): Promise<number[]> {
  const statuses: number[] = []
  for (const url of await chainUrls(opened, grant))
    statuses.push((await opened.ask(url, { headers: cookieOf(grant), from })).status)
  return statuses
}
