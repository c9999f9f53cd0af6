import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openLocalKeyVault } from '../../adapters/local/key-vault.ts'
import { openTestColumn, type TestColumn, testContext } from '../../adapters/local/testing/column.ts'
import { memoryLog } from '../../adapters/local/testing/log.ts'
import { aPerson, aVideo } from '../../adapters/local/testing/rows.ts'
import { addWrappingKey, removeWrappingKey } from '../../adapters/local/wrapping-key-file.ts'
import type { KeyVault } from '../ports/key-vault.ts'
import type { VideoId } from '../run/id.ts'
import { contentKeysOf, makeContentKeys, shredKeys } from './content-keys.ts'
import { keyStatus } from './key-records.ts'
import { rotateWrapped } from './rotate-keys.ts'
import { assetKeys, contentKeys } from './schema.ts'

let at: TestColumn
beforeAll(async () => {
  at = await openTestColumn()
})
afterAll(() => at[Symbol.asyncDispose]())
beforeEach(async () => {
  await at.ports.db.delete(contentKeys)
  await at.ports.db.delete(assetKeys)
})

const secrets = () => `${at.home}/secrets`
const newKey = () => addWrappingKey(secrets())
const editionOf = (videoId: VideoId) => ({ videoId, generation: 1, edition: 0 })

async function aProtectedFilm(): Promise<VideoId> {
  const { id } = await aVideo(at.ports.db, { ownerId: (await aPerson(at.ports.db)).id })
  const wanted = { ...editionOf(id), protection: 'cbcs' as const, labels: ['SD' as const] }
  await at.ports.db.transaction((tx) => makeContentKeys(tx, at.ports, wanted))
  return id
}
const keyOf = async (videoId: VideoId, keyVault: KeyVault = openLocalKeyVault(at.ports)) =>
  (await contentKeysOf({ ...at.ports, keyVault }, editionOf(videoId))).get('SD')?.key
const rowOf = async (videoId: VideoId) =>
  (await at.ports.db.select().from(assetKeys).where(eq(assetKeys.videoId, videoId)))[0]

describe('the rotation of the wrapping key', () => {
  it('leaves the keys of a film as they were', async () => {
    const film = await aProtectedFilm()
    const before = await keyOf(film)
    await newKey()
    await rotateWrapped(at.ports, at.ctx)
    expect([before?.length, await keyOf(film)]).toEqual([16, before])
  })
  it('needs the older key no more', async () => {
    const film = await aProtectedFilm()
    const before = await keyOf(film)
    const older = await at.ports.keyVault.version()
    await newKey()
    await rotateWrapped(at.ports, at.ctx)
    await removeWrappingKey(secrets(), older)
    expect(await keyOf(film)).toEqual(before)
  })
  it('says when it was', async () => {
    const film = await aProtectedFilm()
    at.clock.advance(5000)
    const version = await newKey()
    await rotateWrapped(at.ports, at.ctx)
    expect(await rowOf(film)).toMatchObject({ version, wrappedAt: at.clock.now() })
  })
  it('wraps nothing that the newest version has wrapped', async () => {
    await aProtectedFilm()
    expect(await rotateWrapped(at.ports, at.ctx)).toBe(0)
  })
  it('goes on behind a film whose key does not open, and tells of it', async () => {
    const [broken, film] = [await aProtectedFilm(), await aProtectedFilm()]
    await at.ports.db.update(assetKeys).set({ wrapped: 'AAAA' }).where(eq(assetKeys.videoId, broken))
    const version = await newKey()
    const log = memoryLog()
    await rotateWrapped(at.ports, testContext(log))
    expect([(await rowOf(film))?.version, log.lines.filter(({ level }) => level === 'error').length]).toEqual(
      [...[version, 1]],
    )
  })
  it('writes nothing over a film that is shredded meanwhile', async () => {
    const film = await aProtectedFilm()
    await newKey()
    const { keyVault } = at.ports
    const slow: KeyVault = {
      version: () => keyVault.version(),
      wrap: (plain, context) => keyVault.wrap(plain, context),
      async unwrap(wrapped, context) {
        const plain = await keyVault.unwrap(wrapped, context)
        await at.ports.db.transaction((tx) => shredKeys(tx, at.ports, film))
        return plain
      },
    }
    expect(await rotateWrapped({ ...at.ports, keyVault: slow }, at.ctx)).toBe(0)
    expect((await rowOf(film))?.wrapped).toBeNull()
  })
  it('keeps playback up while it runs', async () => {
    const film = await aProtectedFilm()
    const before = await keyOf(film)
    await newKey()
    const [, ...seen] = await Promise.all([
      rotateWrapped(at.ports, at.ctx),
      ...Array.from({ length: 20 }, () => keyOf(film)),
    ])
    expect(new Set(seen.map((key) => Buffer.from(key ?? []).toString('hex')))).toEqual(
      new Set([Buffer.from(before ?? []).toString('hex')]),
    )
  })
  it('stops when the process is told to', async () => {
    await aProtectedFilm()
    await newKey()
    expect(await rotateWrapped(at.ports, testContext(memoryLog(), AbortSignal.abort()))).toBe(0)
  })
  it('is due where its status says so', async () => {
    await aProtectedFilm()
    const older = await at.ports.keyVault.version()
    const current = await newKey()
    const status = await keyStatus(at.ports)
    expect([status.current, status.versions]).toMatchObject([
      current,
      [{ version: older, current: false, since: expect.any(Date) }],
    ])
  })
})
