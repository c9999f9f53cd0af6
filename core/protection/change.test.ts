import { createDecipheriv } from 'node:crypto'
import { eq, like } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openTestColumn, type TestColumn } from '../../adapters/local/testing/column.ts'
import { Crashed, openCrashingDatabase } from '../../adapters/local/testing/crashing-database.ts'
import { aStoredFilm, bytesOf, SEGMENTS } from '../../adapters/local/testing/stored-film.ts'
import { captions, retiredEditions, units, videos } from '../database/schema.ts'
import { contentKeysOf } from '../drm/content-keys.ts'
import type { Jobs } from '../ports/jobs.ts'
import type { Ports } from '../ports/ports.ts'
import type { VideoId } from '../run/id.ts'
import { transcode } from '../transcode/transcode.ts'
import { putCaption, removeCaption } from '../video/captions.ts'
import { deleteVideo } from '../video/delete-video.ts'
import { captionPrefix, filmPrefix } from '../video/model.ts'
import { changeProtection } from './change.ts'
import { onVideoProtecting } from './on.ts'
import { removeRetired } from './remove-retired.ts'
import { sweepEditions } from './sweep.ts'

let at: TestColumn
const started: string[] = []
let jobState: 'running' | 'failed' = 'failed'
const LOSING: Jobs = {
  start: async (_, id) => void started.push(id),
  state: async () => jobState,
  stop: async () => undefined,
}
beforeAll(async () => {
  at = await openTestColumn({ ports: { jobs: LOSING } })
})
afterAll(() => at[Symbol.asyncDispose]())
let id: VideoId
beforeEach(async () => {
  jobState = 'failed'
  id = await aStoredFilm(at.ports)
})

const work = () => ({ videoId: id, generation: 1 })
const change = (protection: 'clear' | 'aes-128', newKeys = false) =>
  changeProtection(at.ports, at.ctx, id, { protection, newKeys })
const run = (ports: Ports = at.ports) => transcode(work(), ports, at.ctx)
const changed = async (protection: 'clear' | 'aes-128', newKeys = false) => {
  await change(protection, newKeys)
  await run()
}
const video = async () => (await at.ports.db.select().from(videos).where(eq(videos.id, id)))[0]
const namesIn = async (prefix: string) =>
  (await at.ports.storage.list('media', { prefix, limit: 1000 })).map(({ key }) => key.slice(prefix.length))
const read = async (key: string) => {
  const found = await at.ports.storage.get('media', key)
  return Buffer.concat(found ? await Array.fromAsync(found.body) : [])
}
const keyOf = async (edition: number, label: 'SD' | 'AUDIO') => {
  const keys = await contentKeysOf(at.ports, { videoId: id, generation: 1, edition })
  return keys.get(label) ?? expect.fail(`no key for ${label}`)
}
/** A segment of an edition as anybody opens it who has the key. */
const opened = async (edition: number, track: '144p' | 'audio-0', number: number) => {
  const iv = Buffer.from(number.toString(16).padStart(32, '0'), 'hex')
  const { key } = await keyOf(edition, track === '144p' ? 'SD' : 'AUDIO')
  const cipher = createDecipheriv('aes-128-cbc', key, iv)
  const sealed = await read(`${filmPrefix(id, 1, edition)}${track}/${number}.m4s`)
  return Buffer.concat([cipher.update(sealed), cipher.final()])
}

const plannedNow = async () => {
  const rows = await at.ports.db.select().from(units).where(like(units.name, 'protect/%'))
  return rows.flatMap(({ videoId, name }) => (videoId === id ? [name] : [])).toSorted()
}

describe('a change of protection', () => {
  it('seals every segment with the key of its label and its own number', async () => {
    await changed('aes-128')
    for (const number of [1, 15, SEGMENTS])
      expect([number, await opened(1, '144p', number)]).toEqual([number, bytesOf('144p', number)])
    expect(await opened(1, 'audio-0', 2)).toEqual(bytesOf('audio-0', 2))
  })
  it('leaves the init segment readable', async () => {
    await changed('aes-128')
    expect(await read(`${filmPrefix(id, 1, 1)}144p/init.mp4`)).toEqual(bytesOf('144p', 0))
  })
  it('measures the sizes that lie in the store', async () => {
    await changed('aes-128')
    const rows = await at.ports.db.select().from(units).where(like(units.name, 'protect/1/144p/%'))
    const mine = rows.filter(({ videoId }) => videoId === id)
    const sizes = mine.flatMap(({ output }) => (output?.kind === 'protect' ? output.track.segments : []))
    for (const { number, sizeBytes } of sizes)
      expect((await read(`${filmPrefix(id, 1, 1)}144p/${number}.m4s`)).byteLength).toBe(sizeBytes)
    expect(sizes).toHaveLength(SEGMENTS)
  })
  it('goes back to the same bytes, and forgets what was in between', async () => {
    await changed('aes-128')
    await changed('clear')
    expect(await plannedNow()).toEqual(['protect/2/144p/0', 'protect/2/144p/1', 'protect/2/audio-0/0'])
    const last = `${filmPrefix(id, 1, 2)}144p/${SEGMENTS}.m4s`
    expect(await read(last)).toEqual(bytesOf('144p', SEGMENTS))
  })
  it('with new keys takes others', async () => {
    await changed('aes-128')
    await changed('aes-128', true)
    expect((await keyOf(1, 'SD')).keyId).not.toBe((await keyOf(2, 'SD')).keyId)
    expect(await opened(2, '144p', 3)).toEqual(bytesOf('144p', 3))
  })
  it('is published at once for all', async () => {
    await changed('aes-128')
    const facts = {
      protection: 'aes-128',
      edition: 1,
      nextEdition: null,
      nextProtection: null,
      status: 'ready',
    }
    expect(await video()).toMatchObject(facts)
    expect(at.events.filter(({ subject }) => subject === id).map(({ type }) => type)).toEqual([
      'video.protecting',
      'video.protected',
    ])
  })
  it('writes playlists that name the key and no manifest', async () => {
    await changed('aes-128')
    const names = (await namesIn(filmPrefix(id, 1, 1))).filter((name) => !/\.(m4s|mp4)$/.test(name))
    expect(names).toEqual(['144p/index.1.m3u8', 'audio-0/index.1.m3u8', 'master.1.m3u8'])
    const playlist = (await read(`${filmPrefix(id, 1, 1)}144p/index.1.m3u8`)).toString()
    const { keyId } = await keyOf(1, 'SD')
    expect(playlist).toContain(
      `#EXT-X-KEY:METHOD=AES-128,URI="${at.ports.config.publicOrigin}/v1/license/key/${keyId}"\n`,
    )
  })
  it('is nothing to do where it is so already', async () => {
    expect(await change('clear', true)).toBe(false)
  })
  it('is refused while another is under way', async () => {
    await change('aes-128')
    await expect(change('clear')).rejects.toMatchObject({ facts: { code: 'protection-under-way' } })
  })
  it('is refused for a film that is not ready', async () => {
    await at.ports.db.update(videos).set({ status: 'playable' }).where(eq(videos.id, id))
    await expect(change('aes-128')).rejects.toMatchObject({ facts: { code: 'not-ready' } })
  })
  it('ends with the film', async () => {
    await change('aes-128')
    await deleteVideo(at.ports, at.ctx, id)
    await run()
    expect(await namesIn(filmPrefix(id, 1, 1))).toEqual([])
  })
  it('takes the captions along', async () => {
    const objectKey = `${captionPrefix(id)}en-1.vtt`
    await at.ports.storage.put('media', objectKey, Buffer.from('WEBVTT\n'), { contentType: 'text/vtt' })
    const row = { videoId: id, language: 'en', label: 'en', cues: 0, objectKey, updatedAt: at.clock.now() }
    await at.ports.db.insert(captions).values(row)
    await changed('aes-128')
    expect((await read(`${filmPrefix(id, 1, 1)}captions-en.1.m3u8`)).toString()).toContain(
      '\ncaptions/en-1.vtt\n',
    )
    expect((await read(`${filmPrefix(id, 1, 1)}captions/en-1.vtt`)).toString()).toBe('WEBVTT\n')
  })
})

describe('captions of a protected film', () => {
  const put = async (text: string) => {
    const film = (await video()) ?? expect.fail('the film is gone')
    const bytes = Buffer.from(`WEBVTT\n\n00:00.000 --> 00:01.000\n${text}\n`)
    await putCaption(at.ports, at.ctx, film, {
      language: 'en',
      label: 'English',
      bytes,
      mediaType: 'text/vtt',
    })
  }
  const copies = async () => (await namesIn(`${filmPrefix(id, 1, 1)}captions/`)).length
  it('lie below its prefix in their last version alone', async () => {
    await changed('aes-128')
    await put('first')
    await put('second')
    const playlist = (await read(`${filmPrefix(id, 1, 1)}captions-en.3.m3u8`)).toString()
    const file = /^captions\/.*$/m.exec(playlist)?.[0]
    expect([await copies(), (await read(filmPrefix(id, 1, 1) + file)).toString()]).toEqual([
      1,
      expect.stringContaining('second'),
    ])
  })
  it('are gone from there with their removal', async () => {
    await changed('aes-128')
    await put('first')
    await removeCaption(at.ports, at.ctx, (await video()) ?? expect.fail('the film is gone'), 'en')
    expect([await copies(), await namesIn(captionPrefix(id))]).toEqual([0, []])
  })
})

describe('what was replaced', () => {
  it('in the clear is removed at once, but for pictures', async () => {
    await changed('aes-128')
    await removeRetired(at.ports, at.ctx)
    const left = await namesIn(filmPrefix(id, 1, 0))
    expect(left).toEqual(['poster.jpg'])
  })
  it('under keys stays until the last URL for it is over', async () => {
    await changed('aes-128')
    await changed('clear')
    const segments = async () => (await namesIn(filmPrefix(id, 1, 1))).length
    await removeRetired(at.ports, at.ctx)
    const kept = await segments()
    at.clock.advance(2 * at.ports.config.playbackUrlSeconds * 1000)
    await removeRetired(at.ports, at.ctx)
    expect([kept > SEGMENTS, await segments()]).toEqual([true, 0])
  })
})

describe('the job of a change', () => {
  const told = (attempt: number) => {
    const data = { videoId: id, generation: 1, edition: 1, protection: 'aes-128' }
    return onVideoProtecting({ ...EVENT, data, attempt }, at.ports)
  }
  it('is started', async () => {
    await change('aes-128')
    expect([await told(1), started.at(-1)]).toEqual([{ is: 'done' }, `${id}-g1`])
  })
  it('is started once more where the one that made the film was about to end', async () => {
    jobState = 'running'
    await change('aes-128')
    expect(await told(1)).toMatchObject({ is: 'retry' })
  })
  it('is not started once more where that one went on with it', async () => {
    jobState = 'running'
    await changed('aes-128')
    expect(await told(1)).toEqual({ is: 'done' })
  })
  it('is left to the sweep in the end', async () => {
    jobState = 'running'
    await change('aes-128')
    expect(await told(4)).toEqual({ is: 'done' })
  })
})
const EVENT = {
  id: 'evt_1',
  type: 'video.protecting',
  source: '/skyreel',
  time: '2026-01-01T00:00:00Z',
} as const

describe('a change that fails', () => {
  const failing = (): Ports => {
    const put: Ports['storage']['put'] = (bucket, key, ...rest) =>
      key.includes('e1/audio-0/2.')
        ? Promise.reject(new Error('disk full'))
        : at.ports.storage.put(bucket, key, ...rest)
    return {
      ...at.ports,
      storage: { ...at.ports.storage, put },
      config: { ...at.ports.config, unitAttempts: 1 },
      clock: { now: () => at.clock.now(), sleep: async () => undefined },
    }
  }
  it('says so to the owner and leaves the film as it is', async () => {
    await change('aes-128')
    await run(failing())
    const facts = {
      status: 'ready',
      protection: 'clear',
      edition: 0,
      nextEdition: null,
      nextProtection: null,
    }
    expect(await video()).toMatchObject({
      ...facts,
      protectionFailure: expect.stringContaining('tried several times'),
    })
  })
  it('leaves no object behind', async () => {
    await change('aes-128')
    await run(failing())
    at.clock.advance(10 * 60_000)
    await removeRetired(at.ports, at.ctx)
    expect(await namesIn(filmPrefix(id, 1, 1))).toEqual([])
    expect(await at.ports.db.select().from(retiredEditions).where(eq(retiredEditions.videoId, id))).toEqual(
      [],
    )
  })
  it('may be asked for again, and then takes a folder and keys of its own', async () => {
    await change('aes-128')
    await run(failing())
    await changed('aes-128')
    expect(await video()).toMatchObject({ protection: 'aes-128', edition: 2, protectionFailure: null })
    expect(await opened(2, '144p', 1)).toEqual(bytesOf('144p', 1))
  })
  it('by losing its job thirty times is given up', async () => {
    await change('aes-128')
    for (let sweep = 0; sweep < 32; sweep++) await sweepEditions(at.ports, at.ctx)
    expect(started.filter((job) => job === `${id}-g1`)).toHaveLength(30)
    expect(await video()).toMatchObject({ status: 'ready', nextEdition: null })
  })
})

describe('a worker that dies in the middle', () => {
  /** One change whose worker dies at a statement, and is followed by another one. */
  async function diesAt(nth: number): Promise<boolean> {
    id = await aStoredFilm(at.ports)
    await change('aes-128')
    await using crashing = openCrashingDatabase(at.databaseUrl, { at: nth })
    const died = await run({ ...at.ports, db: crashing.db }).then(
      () => false,
      (error: unknown) => isCrash(error) || Promise.reject(error),
    )
    at.clock.advance(at.ports.config.unitLeaseSeconds * 1000 + 1)
    await sweepEditions(at.ports, at.ctx)
    await run()
    return died
  }
  it('at any statement is followed by one that ends its work', { timeout: 120_000 }, async () => {
    let nth = 0
    for (let died = true; died; nth += 7) {
      died = await diesAt(nth)
      expect([nth, await video()]).toMatchObject([
        nth,
        { edition: 1, protection: 'aes-128', nextEdition: null },
      ])
      expect(await opened(1, 'audio-0', 2)).toEqual(bytesOf('audio-0', 2))
    }
    expect(nth).toBeGreaterThan(15)
  })
})

/** Crashes come wrapped in what drizzle makes of them. */
function isCrash(error: unknown): boolean {
  if (error instanceof Crashed) return true
  return error instanceof Error && error.cause !== undefined && isCrash(error.cause)
}
