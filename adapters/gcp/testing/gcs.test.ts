import { Storage } from '@google-cloud/storage'
import { describe, expect, it } from 'vitest'
import { openGcs } from './gcs.ts'
import { openGoogleSigner } from './google-client.ts'
import { ACCOUNT, PRIVATE_PEM } from './keys.ts'
import { openServer } from './server.ts'

const RULE = { origin: ['https://a.example'], method: ['PUT'], responseHeader: ['ETag'], maxAgeSeconds: 60 }
const TOKEN = 'demo'

type Request = Storage['interceptors'][number]['request']
const withToken: Request = (options) =>
  ({ ...options, headers: { ...options.headers, authorization: `Bearer ${TOKEN}` } }) as ReturnType<Request>

/** The store with Google's own client, which signs and sends as it does for the real one. */
async function open() {
  let now = Date.now()
  const gcs = await openGcs({
    ...{ buckets: { films: [RULE] }, token: TOKEN, accounts: { [ACCOUNT]: PRIVATE_PEM } },
    now: () => new Date(now),
  })
  const signer = openGoogleSigner(gcs.origin)
  const client = new Storage({
    apiEndpoint: gcs.origin,
    projectId: 'demo',
    retryOptions: { autoRetry: false },
  })
  client.interceptors.push({ request: withToken })
  const advance = (ms: number) => {
    now += ms
  }
  return {
    gcs,
    client,
    films: client.bucket('films'),
    signer,
    advance,
    [Symbol.asyncDispose]: gcs[Symbol.asyncDispose],
  }
}

const save = { resumable: false, contentType: 'text/plain' } as const
const inAnHour = () => Date.now() + 3_600_000

describe('our Cloud Storage, driven by Google’s client', () => {
  it('makes a bucket', async () => {
    await using at = await open()
    await at.client.createBucket('more')
    expect((await at.client.bucket('more').exists())[0]).toBe(true)
  })
  it('copies and joins objects', async () => {
    await using at = await open()
    await at.films.file('a').save('one ', save)
    await at.films.file('a').copy(at.films.file('b'))
    await at.films.combine([at.films.file('a'), at.films.file('b')], at.films.file('c'))
    expect(String((await at.films.file('c').download())[0])).toBe('one one ')
  })
  it('counts generations by writes and metagenerations by changes of metadata', async () => {
    await using at = await open()
    const file = at.films.file('a')
    await file.save('one', save)
    const [{ generation: first }] = await file.getMetadata()
    await file.setMetadata({ metadata: { seen: 'yes' } })
    const [changed] = await file.getMetadata()
    await file.save('two', save)
    const [{ generation: second }] = await file.getMetadata()
    expect([changed.generation, changed.metageneration]).toEqual([first, '2'])
    expect(BigInt(second ?? 0)).toBeGreaterThan(BigInt(first ?? 0))
  })
  it('refuses to overwrite what must not be there', async () => {
    await using at = await open()
    const once = { ...save, preconditionOpts: { ifGenerationMatch: 0 } }
    await at.films.file('a').save('one', once)
    await expect(at.films.file('a').save('two', once)).rejects.toMatchObject({ code: 412 })
  })
  it('tells how far a resumable upload came', async () => {
    await using at = await open()
    const [url] = await at.films.file('a').createResumableUpload({ metadata: { contentType: 'video/mp4' } })
    const put = (range: string, body = '') =>
      fetch(url, { method: 'PUT', headers: { 'content-range': range }, body })
    await put('bytes 0-262143/600000', 'x'.repeat(262_144))
    const asked = await put('bytes */600000')
    expect([asked.status, asked.headers.get('range')]).toEqual([308, 'bytes=0-262143'])
  })
  it('refuses a chunk that is no multiple of 256 KiB and not the last', async () => {
    await using at = await open()
    const [url] = await at.films.file('a').createResumableUpload({ metadata: { contentType: 'video/mp4' } })
    const headers = { 'content-range': 'bytes 0-2/*' }
    expect(
      (
        await fetch(url, {
          method: 'PUT',
          headers: { ...headers, 'content-range': 'bytes 0-2/9' },
          body: 'abc',
        })
      ).status,
    ).toBe(400)
  })
  it('takes what is signed, and no other type, object, query or time', async () => {
    await using at = await open()
    const file = at.signer.bucket('films').file('Film (1) & it’s ü.mp4')
    const sign = { version: 'v4', action: 'write', contentType: 'video/mp4', expires: inAnHour() } as const
    const [url] = await file.getSignedUrl(sign)
    const put = async (to: string, type = 'video/mp4') =>
      (await fetch(to, { method: 'PUT', headers: { 'content-type': type }, body: 'x' })).status
    const changed = [
      await put(url, 'text/html'),
      await put(url.replace('Film', 'Movie')),
      await put(`${url}&x=1`),
    ]
    expect([await put(url), ...changed]).toEqual([200, 403, 403, 403])
    at.advance(3_700_000)
    expect(await put(url)).toBe(403)
  })
  it('shows nothing to those who are nobody', async () => {
    await using at = await open()
    await at.films.file('a').save('one', save)
    expect((await fetch(`${at.gcs.origin}/films/a`)).status).toBe(403)
    expect((await fetch(`${at.gcs.origin}/storage/v1/b/films/o/a`)).status).toBe(401)
  })
  it('admits pages as the bucket’s rules say', async () => {
    await using at = await open()
    const ask = (origin: string) =>
      fetch(`${at.gcs.origin}/films/a`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'PUT' },
      })
    const admitted = [await ask('https://a.example'), await ask('https://b.example')]
    expect(admitted.map(({ headers }) => headers.get('access-control-allow-origin'))).toEqual([
      'https://a.example',
      null,
    ])
  })
  it('notifies again until it is acknowledged', async () => {
    await using at = await open()
    const told: unknown[] = []
    await using receiver = await openServer(
      async ({ headers, body }) => {
        told.push([headers['ce-type'], headers['ce-subject'], JSON.parse(body.toString()).size])
        return { status: told.length < 3 ? 500 : 204 }
      },
      (error) => void told.push(error),
    )
    at.gcs.subscribe(receiver.origin)
    await at.films.file('ä b').save('one', save)
    await at.gcs.drain()
    const finalized = 'google.cloud.storage.object.v1.finalized'
    expect(told).toEqual(Array(3).fill([finalized, 'objects/%C3%A4%20b', '3']))
  })
  it('tells the subscriber of one bucket nothing of others', async () => {
    await using at = await open()
    at.gcs.store.addBucket('others')
    const told: unknown[] = []
    await using receiver = await openServer(
      async ({ headers }) => {
        told.push(headers['ce-bucket'])
        return { status: 204 }
      },
      (error) => void told.push(error),
    )
    at.gcs.subscribe(receiver.origin, { bucket: 'films' })
    await at.client.bucket('others').file('a').save('one', save)
    await at.films.file('a').save('one', save)
    await at.gcs.drain()
    expect(told).toEqual(['films'])
  })
  it('says which notification nobody has acknowledged', async () => {
    await using at = await open()
    await using receiver = await openServer(
      async () => ({ status: 500 }),
      (error) => {
        throw error
      },
    )
    at.gcs.subscribe(receiver.origin)
    await at.films.file('a').save('one', save)
    await at.gcs.drain()
    expect(at.gcs.lost).toEqual([`a notification was not acknowledged by ${receiver.origin}`])
  })
  it('refuses what it does not know', async () => {
    await using at = await open()
    const authorization = `Bearer ${TOKEN}`
    const paths = ['/storage/v1/b/films/o?versions=true', '/storage/v1/b/films/acl', '/films/a?acl']
    const answers = paths.map((path) => fetch(at.gcs.origin + path, { headers: { authorization } }))
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([400, 404, 400])
    expect(at.gcs.refusals).toHaveLength(3)
  })
})
