import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { madeFilm } from '../../adapters/ffmpeg/testing/films.ts'
import { contentKeysOf, keyFactsOf } from '../../core/drm/content-keys.ts'
import type { VideoId } from '../../core/run/id.ts'
import type { Playback, PlaybackSession } from '../../core/video/wire.ts'
import { type Client, openTestPlatform, type TestPlatform } from '../entry/testing/platform.ts'

let at: TestPlatform
let owner: Client
let id: VideoId
const tokens: string[] = []
const issued: Uint8Array[] = []

const small = () =>
  madeFilm('small.mp4', [
    ...['-f', 'lavfi', '-i', 'testsrc2=s=160x120:r=25:d=2', '-f', 'lavfi', '-i', 'sine=d=2'],
    ...['-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'ultrafast'],
  ])

async function play(): Promise<Playback> {
  const { body } = await owner.call('GET', `/v1/videos/${id}/playback?device=living-room&player=page-0001`)
  tokens.push((body as Playback).session.token)
  return body as Playback
}

const post = (path: string, token: string, body: string | Uint8Array, type = 'application/json') =>
  fetch(at.platform.origin + path, {
    method: 'POST',
    headers: { 'x-skyreel-playback': token, 'content-type': type },
    body: body as string,
  })

const base64url = (hex: string) => Buffer.from(hex, 'hex').toString('base64url')

async function askForKeys({ session }: Playback): Promise<string> {
  const facts = await keyFactsOf(at.platform.ports.db, id)
  const kids = facts.filter(({ label }) => label !== 'AUDIO').map(({ keyId }) => base64url(keyId))
  const answer = await post(
    '/v1/license/clearkey',
    session.token,
    JSON.stringify({ kids, type: 'temporary' }),
  )
  return answer.text()
}

/** Requests that fail in many ways: what goes wrong is what is logged. */
async function goWrong({ session }: Playback): Promise<void> {
  const spoilt = `${session.token.slice(0, -4)}AAAA`
  const kid = '0'.repeat(32)
  await post('/v1/license/clearkey', spoilt, '{}')
  await post(
    '/v1/license/clearkey',
    session.token,
    JSON.stringify({ kids: [base64url(kid)], type: 'temporary' }),
  )
  await post('/v1/license/widevine', session.token, Buffer.alloc(4000, 7), 'application/octet-stream')
  await post('/v1/license/playready', session.token, '<a>', 'text/xml')
  await post('/v1/speke', session.token, '<cpix:CPIX/>', 'application/xml')
  await post('/v1/drm/callbacks/skyreel', session.token, '{}')
  await fetch(`${at.platform.origin}/v1/license/key/${kid}?token=${session.token}`)
  await fetch(`${at.platform.origin}/v1/stream/${id}?token=${spoilt}`, { redirect: 'manual' })
}

async function beat({ session }: Playback): Promise<void> {
  const answer = await post(`/v1/playback/sessions/${session.id}/heartbeat`, session.token, '')
  tokens.push(((await answer.json()) as PlaybackSession).token)
}

beforeAll(async () => {
  at = await openTestPlatform({}, 'debug')
  owner = await at.signUp()
  id = (await owner.upload('film.mp4', await readFile(await small()), { protection: 'cbcs' })) as VideoId
  expect((await owner.until(id, ['ready', 'failed'])).status).toBe('ready')
  const playback = await play()
  expect(await askForKeys(playback)).toContain('"k"')
  await goWrong(playback)
  await beat(playback)
  await owner.call('PUT', `/v1/videos/${id}/protection`, { protection: 'aes-128' })
  while ((await owner.video(id)).nextProtection !== undefined);
  const { session } = await play()
  for (const edition of [0, 1])
    for (const { key, keyId } of (
      await contentKeysOf(at.platform.ports, { videoId: id, generation: 1, edition })
    ).values()) {
      issued.push(key)
      await fetch(`${at.platform.origin}/v1/license/key/${keyId}?token=${session.token}`)
    }
}, 120_000)
afterAll(() => at[Symbol.asyncDispose]())

const forms = (bytes: Uint8Array) => {
  const buffer = Buffer.from(bytes)
  return [buffer.toString('hex'), buffer.toString('base64').replace(/=+$/, ''), buffer.toString('base64url')]
}

/** Every row of every table. */
async function everythingWritten(): Promise<string> {
  const client = new pg.Client({ connectionString: at.databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query("select tablename from pg_tables where schemaname = 'public'")
    const names = rows.map(({ tablename }) => `select to_jsonb(t)::text as row from "${tablename}" t`)
    const all = await client.query(names.join(' union all '))
    return all.rows.map(({ row }) => row).join('\n')
  } finally {
    await client.end()
  }
}

async function localSecrets(): Promise<string[]> {
  const folder = join(at.home, 'secrets')
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')))
  return texts.flatMap((text) => text.match(/[\w-]{40,}/g) ?? [])
}

describe('a whole run', () => {
  it('logs what went wrong', () => {
    expect(at.complaints.length).toBeGreaterThan(10)
  })
  it('has handed out keys of both protections', () => {
    expect(new Set(issued.map((key) => Buffer.from(key).toString('hex'))).size).toBeGreaterThanOrEqual(4)
  })
  it('logs no key of a film', () => {
    const logs = at.complaints.join('\n')
    expect(issued.flatMap(forms).filter((text) => logs.includes(text))).toEqual([])
  })
  it('logs no token', () => {
    const logs = at.complaints.join('\n')
    const signatures = [...tokens, owner.token ?? ''].map((token) => token.split('.')[2] ?? token)
    expect(signatures.filter((text) => logs.includes(text))).toEqual([])
  })
  it('logs no secret of the platform', async () => {
    const logs = at.complaints.join('\n')
    expect((await localSecrets()).filter((text) => logs.includes(text))).toEqual([])
  })
  it('writes no key and no token into the database', async () => {
    const written = await everythingWritten()
    const signatures = tokens.map((token) => token.split('.')[2] ?? token)
    expect([...issued.flatMap(forms), ...signatures].filter((text) => written.includes(text))).toEqual([])
  })
})
