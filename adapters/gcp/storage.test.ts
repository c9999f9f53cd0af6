import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyContract, objectContract } from '../../core/ports/storage.contract.ts'
import { PartsRefused, StorageFailed } from '../../core/ports/storage.ts'
import { uploadContract } from '../../core/ports/storage-upload.contract.ts'
import type { GcpStorage } from './storage.ts'
import { readSigningKey, signUrl } from './storage-sign.ts'
import { openGoogleSigner } from './testing/google-client.ts'
import { KEY_FILE } from './testing/keys.ts'
import { openServedGcpStorage } from './testing/served-storage.ts'

objectContract('Cloud Storage', openServedGcpStorage)
keyContract('Cloud Storage', openServedGcpStorage)
uploadContract('Cloud Storage', openServedGcpStorage)

const PLAIN = { contentType: 'text/plain' }
const MB = 1024 ** 2

async function* pieces(count: number, size: number) {
  for (let i = 0; i < count; i++) yield Buffer.alloc(size, i + 1)
}

describe('Cloud Storage', () => {
  it('takes a stream that is longer than one chunk, whole', async () => {
    await using at = await openServedGcpStorage()
    const put = await at.storage.put('media', 'long', pieces(9, MB), PLAIN)
    const found = await at.storage.get('media', 'long', { start: 8 * MB - 1, end: 8 * MB })
    const seam: Uint8Array[] = []
    for await (const chunk of found?.body ?? []) seam.push(chunk)
    expect([put.sizeBytes, Buffer.concat(seam)]).toEqual([9 * MB, Buffer.from([8, 9])])
  })
  it.each<[string, (storage: GcpStorage) => Promise<unknown>]>([
    ['put', (storage) => storage.put('media', 'a', Buffer.from('x'), PLAIN)],
    ['get', (storage) => storage.get('media', 'a')],
    ['head', (storage) => storage.head('media', 'a')],
    ['list', (storage) => storage.list('media', { prefix: '', limit: 10 })],
    ['remove', (storage) => storage.remove('media', 'a')],
  ])('takes a refused credential for a failure of %s, never for absence', async (_, act) => {
    await using at = await openServedGcpStorage()
    await expect(act(at.openAs('of nobody'))).rejects.toThrow(StorageFailed)
  })
  it('closes a stream that it could not store', async () => {
    await using at = await openServedGcpStorage()
    let closed = false
    async function* source() {
      try {
        yield* pieces(20, MB)
      } finally {
        closed = true
      }
    }
    await at
      .openAs('of nobody')
      .put('media', 'long', source(), PLAIN)
      .catch(() => undefined)
    expect(closed).toBe(true)
  })
  it('sends nothing that the store refused while it stored, read and listed', async () => {
    await using at = await openServedGcpStorage()
    await at.storage.put('media', 'a b/ü', pieces(9, MB), PLAIN)
    await at.storage.get('media', 'a b/ü', { start: 1, end: 3 })
    await at.storage.list('media', { prefix: '', after: 'a', limit: 1000 })
    await at.storage.remove('media', 'a b/ü')
    expect(at.gcs.refusals).toEqual([])
  })
})

describe('uploads to Cloud Storage', () => {
  it('refuses a part whose number was changed in the query with 403', async () => {
    await using at = await openServedGcpStorage()
    const upload = await at.storage.startParts('uploads', 'a', PLAIN)
    const part = { number: 1, sizeBytes: 3, expiresAt: at.later }
    const request = await at.storage.signPart('uploads', 'a', upload, part)
    const url = request.url.replace('partNumber=1', 'partNumber=2')
    expect(await at.send({ ...request, url }, Buffer.from('one'))).toMatchObject({ status: 403 })
  })
  it('refuses parts that are smaller than the store takes, and keeps them', async () => {
    await using at = await openServedGcpStorage({ minPartBytes: 5 * MB })
    const upload = await at.storage.startParts('uploads', 'a', PLAIN)
    for (const number of [1, 2]) {
      const part = { number, sizeBytes: 3, expiresAt: at.later }
      await at.send(await at.storage.signPart('uploads', 'a', upload, part), Buffer.from('one'))
    }
    const parts = (await at.storage.listParts('uploads', 'a', upload)) ?? []
    await expect(at.storage.completeParts('uploads', 'a', upload, parts)).rejects.toThrow(PartsRefused)
    expect(await at.storage.listParts('uploads', 'a', upload)).toHaveLength(2)
  })
  it('lists more parts than the store tells at once', async () => {
    await using at = await openServedGcpStorage()
    const upload = await at.storage.startParts('uploads', 'a', PLAIN)
    const stored = [...(at.gcs.store.buckets.get('demo-uploads')?.uploads.values() ?? [])][0]
    for (let number = 1; number <= 2500; number++)
      stored?.parts.set(number, { bytes: Buffer.from('x'), etag: 'e' })
    const parts = await at.storage.listParts('uploads', 'a', upload)
    expect(parts?.map(({ number }) => number)).toEqual(Array.from({ length: 2500 }, (_, i) => i + 1))
  })
  it('does not take another object of the same key for its own when it completes again', async () => {
    await using at = await openServedGcpStorage()
    const upload = await at.storage.startParts('uploads', 'a', PLAIN)
    await at.storage.abortParts('uploads', 'a', upload)
    await at.storage.put('uploads', 'a', Buffer.from('another'), PLAIN)
    const parts = [{ number: 1, etag: 'x' }]
    await expect(at.storage.completeParts('uploads', 'a', upload, parts)).rejects.toThrow(PartsRefused)
  })
  it('begins a resumable upload that takes the film in chunks, without more signatures', async () => {
    await using at = await openServedGcpStorage()
    const film = Buffer.alloc(600_000, 7)
    const want = { contentType: 'video/mp4', sizeBytes: film.length, origin: 'https://example.org' }
    const url = await at.storage.startResumable('uploads', 'films/ä b.mp4', want)
    const send = (start: number, end: number) =>
      fetch(url, {
        method: 'PUT',
        headers: { 'content-range': `bytes ${start}-${end - 1}/${film.length}` },
        body: film.subarray(start, end),
      })
    expect((await send(0, 262_144)).status).toBe(308)
    expect((await send(262_144, film.length)).status).toBe(200)
    expect(await at.storage.head('uploads', 'films/ä b.mp4')).toMatchObject({
      contentType: 'video/mp4',
      sizeBytes: film.length,
    })
  })
  it('refuses a resumable upload of another length', async () => {
    await using at = await openServedGcpStorage()
    const url = await at.storage.startResumable('uploads', 'a', { contentType: 'video/mp4', sizeBytes: 5 })
    expect((await fetch(url, { method: 'PUT', body: 'sixsix' })).status).toBe(400)
    expect(await at.storage.head('uploads', 'a')).toBeUndefined()
  })
})

describe('signatures for Cloud Storage', () => {
  const endpoint = 'https://storage.googleapis.com'
  const google = openGoogleSigner(endpoint)
  const key = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
    fc.constantFrom("it's (1)*!~", 'a/b c/ü+&=?#%41', 'e\u0301', '\u{1f3ac}/x'),
  )
  const ours = key.filter(
    (k) => k.split('/').every((s) => s !== '' && s !== '.' && s !== '..') && !/[\\\p{C}]/u.test(k),
  )
  // Google's library takes no time that has passed already.
  const time = fc.integer({ min: 4_000_000_000_000, max: 8_000_000_000_000 })

  it('are, byte for byte, those of Google’s own library', async () => {
    const own = readSigningKey(KEY_FILE)
    await fc.assert(
      fc.asyncProperty(
        ours,
        time,
        fc.integer({ min: 1, max: 604_799 }),
        fc.nat(99),
        async (key, at, seconds, n) => {
          const expires = at + seconds * 1000
          const queryParams = { partNumber: String(n), uploadId: `${key}=` }
          const extensionHeaders = { 'content-length': String(n), 'x-goog-resumable': '  start   now ' }
          const [theirs] = await google.bucket('films').file(key).getSignedUrl({
            version: 'v4',
            action: 'write',
            accessibleAt: at,
            expires,
            queryParams,
            extensionHeaders,
          })
          const want = { bucket: 'films', key, query: queryParams, headers: extensionHeaders, endpoint }
          const made = await signUrl(own, {
            method: 'PUT',
            ...want,
            at: new Date(at),
            expiresAt: new Date(expires),
          })
          expect(made).toBe(theirs)
        },
      ),
      { numRuns: 200 },
    )
  })
  it('are refused for more than seven days', async () => {
    const want = { method: 'GET', endpoint, bucket: 'films', key: 'a' } as const
    const [at, expiresAt] = [new Date(0), new Date(7 * 86_400_000 + 1000)]
    await expect(signUrl(readSigningKey(KEY_FILE), { ...want, at, expiresAt })).rejects.toThrow(RangeError)
  })
})
