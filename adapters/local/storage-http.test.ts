import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { openServedStorage, type ServedStorage } from './testing/served-storage.ts'

async function mediaUrl(
  at: ServedStorage,
  key: string,
  body: string,
  contentType = 'application/octet-stream',
) {
  await at.storage.put('media', `v/${key}`, Buffer.from(body), { contentType })
  return (await at.cdn.sign('v/', key, at.later)).url
}

describe('media over HTTP', () => {
  it.each([
    ['bytes=0-0', 206, 'bytes 0-0/10', '0'],
    ['bytes=7-', 206, 'bytes 7-9/10', '789'],
    ['bytes=-3', 206, 'bytes 7-9/10', '789'],
    ['bytes=-99', 206, 'bytes 0-9/10', '0123456789'],
    ['bytes=8-99', 206, 'bytes 8-9/10', '89'],
    ['bytes=5-2', 200, null, '0123456789'],
    ['bytes=0-1,3-4', 200, null, '0123456789'],
    ['lines=1-2', 200, null, '0123456789'],
  ])('answers the range %s with %i', async (range, status, contentRange, body) => {
    await using at = await openServedStorage()
    const response = await fetch(await mediaUrl(at, 'a.m4s', '0123456789'), { headers: { range } })
    expect([response.status, response.headers.get('content-range'), await response.text()]).toEqual([
      status,
      contentRange,
      body,
    ])
  })
  it.each(['bytes=10-', 'bytes=-0'])('refuses the range %s with a problem', async (range) => {
    await using at = await openServedStorage()
    const response = await fetch(await mediaUrl(at, 'a.m4s', '0123456789'), { headers: { range } })
    expect([response.status, response.headers.get('content-range')]).toEqual([416, 'bytes */10'])
    expect(await response.json()).toMatchObject({ code: 'range-outside' })
  })
  it('may be kept by the viewer alone, and no longer than the grant holds', async () => {
    await using at = await openServedStorage()
    const response = await fetch(await mediaUrl(at, 'a.m4s', '0123456789'))
    const [, seconds] =
      /^private, max-age=(\d+), immutable$/.exec(response.headers.get('cache-control') ?? '') ?? []
    expect(Number(seconds)).toBeLessThanOrEqual(3600)
  })
  it('gives the whole object when If-Range names another version', async () => {
    await using at = await openServedStorage()
    const headers = { range: 'bytes=0-1', 'if-range': '"older"' }
    expect((await fetch(await mediaUrl(at, 'a.m4s', '0123'), { headers })).status).toBe(200)
  })
  it('answers 304 to a player that has the object', async () => {
    await using at = await openServedStorage()
    const url = await mediaUrl(at, 'a.m4s', '0123')
    const etag = (await fetch(url)).headers.get('etag') ?? ''
    expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304)
  })
  it.each([
    ['a.m3u8', 'application/vnd.apple.mpegurl'],
    ['a.mpd', 'application/dash+xml'],
    ['a.m4s', 'video/iso.segment'],
    ['a.mp4', 'video/mp4'],
    ['a.vtt', 'text/vtt; charset=utf-8'],
    ['a.jpg', 'image/jpeg'],
  ])('names the type of %s', async (name, type) => {
    await using at = await openServedStorage()
    expect((await fetch(await mediaUrl(at, name, 'x'))).headers.get('content-type')).toBe(type)
  })
  it('keeps the type that the object was stored with', async () => {
    await using at = await openServedStorage()
    expect((await fetch(await mediaUrl(at, 'a.m4s', 'x', 'audio/mp4'))).headers.get('content-type')).toBe(
      'audio/mp4',
    )
  })
  it('answers HEAD with the length and no body', async () => {
    await using at = await openServedStorage()
    const response = await fetch(await mediaUrl(at, 'a.m4s', '0123'), { method: 'HEAD' })
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
      200,
      '4',
      '',
    ])
  })
  it('allows a cross-origin preflight for ranges', async () => {
    await using at = await openServedStorage()
    const response = await fetch(await mediaUrl(at, 'a.m4s', 'x'), { method: 'OPTIONS' })
    expect([response.status, response.headers.get('access-control-allow-headers')]).toEqual([
      204,
      expect.stringContaining('range'),
    ])
  })
  it('refuses to write through a playback URL', async () => {
    await using at = await openServedStorage()
    expect((await fetch(await mediaUrl(at, 'a.m4s', 'x'), { method: 'PUT', body: 'y' })).status).toBe(405)
  })
  it.each([
    '/media/',
    '/media/x',
    '/media/1.1.sig/v/a',
    '/media//v/a',
    '/media/9999999999.1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/v/a',
  ])('answers 403 as problem+json for %s', async (path) => {
    await using at = await openServedStorage()
    const response = await fetch(at.origin + path)
    expect([response.status, response.headers.get('content-type')]).toEqual([403, 'application/problem+json'])
  })
})

const sign = async (at: ServedStorage, sizeBytes: number, number = 1) => {
  const upload = await at.storage.startParts('uploads', 'f', { contentType: 'video/mp4' })
  const { url } = await at.storage.signPart('uploads', 'f', upload, {
    number,
    sizeBytes,
    expiresAt: at.later,
  })
  return { upload, url }
}

/** Writes bytes to the server as they are and reads until it closes. */
function talk(origin: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(origin).port), '127.0.0.1', () => socket.write(bytes))
    let answer = ''
    socket.on('data', (data) => (answer += data.toString()))
    socket.once('end', () => socket.end())
    socket.once('close', () => resolve(answer))
    socket.once('error', reject)
  })
}

describe('signed parts over HTTP', () => {
  it('answers the etag that the store lists', async () => {
    await using at = await openServedStorage()
    const { upload, url } = await sign(at, 3)
    const response = await fetch(url, { method: 'PUT', body: 'one' })
    const [part] = (await at.storage.listParts('uploads', 'f', upload)) ?? []
    expect([response.status, response.headers.get('etag')]).toEqual([200, `"${part?.etag}"`])
  })
  it('takes a part of many megabytes byte for byte', async () => {
    await using at = await openServedStorage()
    const body = Buffer.alloc(9_000_001, 'skyreel')
    const { upload, url } = await sign(at, body.length)
    await fetch(url, { method: 'PUT', body })
    const { createHash } = await import('node:crypto')
    const etag = createHash('md5').update(body).digest('hex')
    expect(await at.storage.listParts('uploads', 'f', upload)).toEqual([
      { number: 1, sizeBytes: body.length, etag },
    ])
  })
  it('tells why a part is refused to a client that is still sending it', async () => {
    await using at = await openServedStorage()
    const body = Buffer.alloc(9_000_001)
    const { url } = await sign(at, body.length)
    const statuses: number[] = []
    // Often enough: a connection that is cut too early shows in about half of the tries.
    for (let i = 0; i < 12; i++) statuses.push((await fetch(`${url}x`, { method: 'PUT', body })).status)
    expect(new Set(statuses)).toEqual(new Set([403]))
  })
  it('answers 411 to a body without a length', async () => {
    await using at = await openServedStorage()
    const { url } = await sign(at, 3)
    const target = url.slice(at.origin.length)
    const head = `PUT ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n`
    expect(await talk(at.origin, `${head}3\r\none\r\n0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 411 /)
  })
  it('answers 413 to a longer body without reading it', async () => {
    await using at = await openServedStorage()
    const { url } = await sign(at, 3)
    const head = `PUT ${url.slice(at.origin.length)} HTTP/1.1\r\nhost: x\r\ncontent-length: 9000000000\r\n\r\n`
    expect(await talk(at.origin, head)).toMatch(/^HTTP\/1\.1 413 /)
  })
  it('answers 400 to a shorter body', async () => {
    await using at = await openServedStorage()
    expect((await fetch((await sign(at, 4)).url, { method: 'PUT', body: 'one' })).status).toBe(400)
  })
  it('stores nothing of a body that breaks off', async () => {
    await using at = await openServedStorage()
    const { upload, url } = await sign(at, 100)
    const target = url.slice(at.origin.length)
    await new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(at.origin).port), '127.0.0.1', () => {
        socket.write(`PUT ${target} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf`, () =>
          socket.destroy(),
        )
        socket.once('close', () => resolve())
      })
    })
    expect(await at.storage.listParts('uploads', 'f', upload)).toEqual([])
  })
  it('answers 404 for an upload that was aborted', async () => {
    await using at = await openServedStorage()
    const { upload, url } = await sign(at, 3)
    await at.storage.abortParts('uploads', 'f', upload)
    expect((await fetch(url, { method: 'PUT', body: 'one' })).status).toBe(404)
  })
  it.each(['key', 'size', 'expires', 'signature'])('answers 403 or 404 when %s was changed', async (name) => {
    await using at = await openServedStorage()
    const url = new URL((await sign(at, 3)).url)
    url.searchParams.set(name, name === 'size' ? '4' : name === 'expires' ? '9999999999' : 'other')
    expect((await fetch(url, { method: 'PUT', body: 'one' })).status).toBe(403)
  })
  it('answers problems as problem+json with the request id', async () => {
    await using at = await openServedStorage()
    const response = await fetch(`${at.origin}/storage/uploads/x`, {
      method: 'PUT',
      body: 'x',
      headers: { 'x-request-id': 'request-1234' },
    })
    expect(await response.json()).toMatchObject({ status: 404, instance: 'request-1234' })
  })
})
