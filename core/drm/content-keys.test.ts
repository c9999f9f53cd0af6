import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestColumn, type TestColumn } from '../../adapters/local/testing/column.ts'
import { aPerson, aVideo } from '../../adapters/local/testing/rows.ts'
import type { KeyVault } from '../ports/key-vault.ts'
import type { VideoId } from '../run/id.ts'
import { deleteVideo } from '../video/delete-video.ts'
import { videos } from '../video/schema.ts'
import { KeysShredded, unwrapAssetKey } from './asset-key.ts'
import {
  contentKeysById,
  contentKeysOf,
  keyFactsOf,
  makeContentKeys,
  shredKeys,
  type WantedKeys,
} from './content-keys.ts'
import { keyReceipt } from './key-records.ts'
import { assetKeys, contentKeys } from './schema.ts'
import { countingVault } from './testing/counting-vault.ts'

let at: TestColumn
beforeAll(async () => {
  at = await openTestColumn()
})
afterAll(() => at[Symbol.asyncDispose]())

async function aFilm(): Promise<VideoId> {
  return (await aVideo(at.ports.db, { ownerId: (await aPerson(at.ports.db)).id })).id
}
const wanted = (videoId: VideoId, more: Partial<WantedKeys> = {}): WantedKeys => ({
  ...{ videoId, generation: 1, edition: 0, protection: 'cenc', labels: ['AUDIO', 'SD', 'HD'] },
  ...more,
})
const make = (keys: WantedKeys, uses = at.ports) =>
  uses.db.transaction((tx) => makeContentKeys(tx, uses, keys))
async function aProtectedFilm(): Promise<WantedKeys> {
  const keys = wanted(await aFilm())
  await make(keys)
  return keys
}
/** A process of its own: it remembers nothing of the others. */
function aProcess() {
  const vault = countingVault(at.ports.keyVault)
  return { ...vault, ports: { ...at.ports, keyVault: vault.keyVault } }
}
const rowsOf = ({ videoId }: WantedKeys) =>
  at.ports.db.select().from(contentKeys).where(eq(contentKeys.videoId, videoId))

describe('keys of a film', () => {
  it('are made for each label', async () => {
    expect([...(await contentKeysOf(at.ports, await aProtectedFilm())).keys()].toSorted()).toEqual([
      ...['AUDIO', 'HD', 'SD'],
    ])
  })
  it('have an id of 32 hex digits, and 16 bytes of key and of IV', async () => {
    const key = (await contentKeysOf(at.ports, await aProtectedFilm())).get('SD')
    expect([key?.keyId, key?.key.length, key?.iv.length]).toEqual([
      expect.stringMatching(/^[0-9a-f]{32}$/),
      ...[16, 16],
    ])
  })
  it('differ from each other in id, bytes and IV', async () => {
    const keys = [...(await contentKeysOf(at.ports, await aProtectedFilm())).values()]
    const all = keys.flatMap(({ keyId, key, iv }) => [
      keyId,
      ...[key, iv].map((b) => Buffer.from(b).toString('hex')),
    ])
    expect(new Set(all).size).toBe(9)
  })
  it('are the same in another process', async () => {
    const film = await aProtectedFilm()
    expect(await contentKeysOf(aProcess().ports, film)).toEqual(await contentKeysOf(at.ports, film))
  })
  it('stay when they are wanted again', async () => {
    const film = await aProtectedFilm()
    const before = await contentKeysOf(at.ports, film)
    await make(film)
    expect(await contentKeysOf(at.ports, film)).toEqual(before)
  })
  it('get the label that was missing beside them', async () => {
    const film = await aProtectedFilm()
    const before = await contentKeysOf(at.ports, film)
    await make({ ...film, labels: ['SD', 'UHD'] })
    const { UHD, ...others } = Object.fromEntries(await contentKeysOf(at.ports, film))
    expect([UHD?.label, others]).toEqual(['UHD', Object.fromEntries(before)])
  })
  it('are one set where several make them at once', async () => {
    const film = wanted(await aFilm())
    await Promise.all(Array.from({ length: 6 }, () => make(film, aProcess().ports)))
    expect((await rowsOf(film)).map(({ label }) => label).toSorted()).toEqual(['AUDIO', 'HD', 'SD'])
  })
  it('are one set where several make those of another edition at once', async () => {
    const film = { ...(await aProtectedFilm()), edition: 1 }
    await Promise.all(Array.from({ length: 6 }, () => make(film, aProcess().ports)))
    expect((await rowsOf(film)).filter(({ edition }) => edition === 1)).toHaveLength(3)
  })
  it('are not made by a transaction that is rolled back', async () => {
    const film = wanted(await aFilm())
    const rolledBack = at.ports.db.transaction(async (tx) => {
      await makeContentKeys(tx, at.ports, film)
      throw new Error('rolled back')
    })
    await expect(rolledBack).rejects.toThrow('rolled back')
    expect((await contentKeysOf(at.ports, film)).size).toBe(0)
  })
  it('are others in each edition', async () => {
    const film = await aProtectedFilm()
    await make({ ...film, edition: 1, protection: 'cbcs' })
    const [first, second] = [
      await contentKeysOf(at.ports, film),
      await contentKeysOf(at.ports, { ...film, edition: 1 }),
    ]
    expect([second.get('SD')?.protection, second.get('SD')?.keyId === first.get('SD')?.keyId]).toEqual([
      ...['cbcs', false],
    ])
  })
  it('are made for whole segments, too', async () => {
    const film = wanted(await aFilm(), { protection: 'aes-128', labels: ['SD'] })
    await make(film)
    expect((await contentKeysOf(at.ports, film)).get('SD')?.protection).toBe('aes-128')
  })
  it('are none where none were made', async () => {
    expect((await contentKeysOf(at.ports, wanted(await aFilm()))).size).toBe(0)
  })
  it('are found by their ids, in capitals as well', async () => {
    const film = await aProtectedFilm()
    const [row] = await rowsOf(film)
    const id = row?.keyId.replaceAll('-', '') ?? ''
    const found = await contentKeysById(at.ports, film.videoId, [id.toUpperCase()])
    expect(found.map(({ keyId }) => keyId)).toEqual([id])
  })
  it('are not found by the ids of another film', async () => {
    const [film, other] = [await aProtectedFilm(), await aProtectedFilm()]
    const ids = (await rowsOf(other)).map(({ keyId }) => keyId.replaceAll('-', ''))
    expect(await contentKeysById(at.ports, film.videoId, ids)).toEqual([])
  })
  it.each(['', 'x', "' or 1=1 --", '0'.repeat(31), '0'.repeat(33), '\0'.repeat(32)])(
    'are not found by %j, and that is no error',
    async (id) => {
      const { videoId } = await aProtectedFilm()
      expect(await contentKeysById(at.ports, videoId, [id])).toEqual([])
    },
  )
  it('are known by id, label and edition without the key service', async () => {
    const film = await aProtectedFilm()
    const facts = await keyFactsOf(at.ports.db, film.videoId)
    const { keyId } = (await contentKeysOf(at.ports, film)).get('HD') ?? {}
    expect(facts).toContainEqual({ keyId, label: 'HD', protection: 'cenc', generation: 1, edition: 0 })
  })
  it('do not stand in the database in the open', async () => {
    const film = await aProtectedFilm()
    const stored = (await rowsOf(film)).map(({ wrapped }) =>
      Buffer.from(wrapped, 'base64url').toString('hex'),
    )
    for (const { key } of (await contentKeysOf(at.ports, film)).values())
      expect(stored.join()).not.toContain(Buffer.from(key).toString('hex'))
  })
})

describe('the store of keys', () => {
  it('refuses the wrapped key of one id under another', async () => {
    const film = await aProtectedFilm()
    const [one, two] = await rowsOf(film)
    await at.ports.db
      .update(contentKeys)
      .set({ wrapped: two?.wrapped ?? '' })
      .where(eq(contentKeys.keyId, one?.keyId ?? ''))
    await expect(contentKeysOf(at.ports, film)).rejects.toThrow('was changed where it is stored')
  })
  it('refuses the asset key of one film in the row of another', async () => {
    const [film, other] = [await aProtectedFilm(), await aProtectedFilm()]
    const [row] = await at.ports.db.select().from(assetKeys).where(eq(assetKeys.videoId, other.videoId))
    await at.ports.db
      .update(assetKeys)
      .set({ wrapped: row?.wrapped ?? '' })
      .where(eq(assetKeys.videoId, film.videoId))
    await expect(contentKeysOf(at.ports, film)).rejects.toMatchObject({ name: 'NotUnwrapped' })
  })
})

describe('the memory of asset keys', () => {
  it('spares the key service within a minute', async () => {
    const [film, { ports, calls }] = [await aProtectedFilm(), aProcess()]
    for (let times = 0; times < 3; times++) await contentKeysOf(ports, film)
    expect(calls.unwrap).toBe(1)
  })
  it('is shared by those who ask at once', async () => {
    const [film, { ports, calls }] = [await aProtectedFilm(), aProcess()]
    await Promise.all([1, 2, 3].map(() => contentKeysOf(ports, film)))
    expect(calls.unwrap).toBe(1)
  })
  it('ends after a minute', async () => {
    const [film, { ports, calls }] = [await aProtectedFilm(), aProcess()]
    await contentKeysOf(ports, film)
    at.clock.advance(60_000)
    await contentKeysOf(ports, film)
    expect(calls.unwrap).toBe(2)
  })
  it('does not keep a failure', async () => {
    const [film, { ports, failWith }] = [await aProtectedFilm(), aProcess()]
    failWith(new Error('away'))
    await expect(contentKeysOf(ports, film)).rejects.toThrow('away')
    failWith(undefined)
    expect((await contentKeysOf(ports, film)).size).toBe(3)
  })
  it('does not wait for a key service that is silent for three seconds', async () => {
    const film = await aProtectedFilm()
    const asked = Promise.withResolvers<void>()
    const keyVault: KeyVault = {
      ...at.ports.keyVault,
      unwrap: () => {
        asked.resolve()
        return new Promise(() => undefined)
      },
    }
    const keys = contentKeysOf({ ...at.ports, keyVault }, film)
    await asked.promise
    at.clock.advance(3000)
    await expect(keys).rejects.toThrow('has not answered in time')
  })
  it('are not made while a key service is silent for three seconds', async () => {
    const asked = Promise.withResolvers<void>()
    const keyVault: KeyVault = {
      ...at.ports.keyVault,
      wrap: () => {
        asked.resolve()
        return new Promise(() => undefined)
      },
    }
    const making = make(wanted(await aFilm()), { ...at.ports, keyVault })
    await asked.promise
    at.clock.advance(3000)
    await expect(making).rejects.toThrow('has not answered in time')
  })
  it('holds five hundred at most', async () => {
    const [film, { ports, calls }] = [await aProtectedFilm(), aProcess()]
    await contentKeysOf(ports, film)
    for (let others = 0; others < 500; others++)
      await unwrapAssetKey(ports, film.videoId, await ports.keyVault.wrap(new Uint8Array(32), film.videoId))
    const before = calls.unwrap
    await contentKeysOf(ports, film)
    expect(calls.unwrap - before).toBe(1)
  })
})

describe('the deletion of a film', () => {
  const remove = (film: WantedKeys) => deleteVideo(at.ports, at.ctx, film.videoId)

  it('takes its keys away, also where the asset key is still in memory', async () => {
    const film = await aProtectedFilm()
    const before = await contentKeysOf(at.ports, film)
    await remove(film)
    expect([before.size, (await contentKeysOf(at.ports, film)).size]).toEqual([3, 0])
  })
  it('takes them away for those who ask by id', async () => {
    const film = await aProtectedFilm()
    const ids = [...(await contentKeysOf(at.ports, film)).values()].map(({ keyId }) => keyId)
    await remove(film)
    expect(await contentKeysById(at.ports, film.videoId, ids)).toEqual([])
  })
  it('leaves no wrapped text of any key', async () => {
    const film = await aProtectedFilm()
    await remove(film)
    const [asset] = await at.ports.db.select().from(assetKeys).where(eq(assetKeys.videoId, film.videoId))
    expect([asset?.wrapped, (await rowsOf(film)).map(({ wrapped }) => wrapped)]).toEqual([null, ['', '', '']])
  })
  it('leaves a receipt of what was destroyed and when', async () => {
    const film = await aProtectedFilm()
    const ids = [...(await contentKeysOf(at.ports, film)).values()].map(({ keyId }) => keyId)
    await remove(film)
    const receipt = await keyReceipt(at.ports, film.videoId)
    expect([
      receipt?.shreddedAt,
      receipt?.keys.map(({ keyId }) => keyId.replaceAll('-', '')).toSorted(),
    ]).toEqual([at.clock.now(), ids.toSorted()])
  })
  it('keeps the time of the first shredding', async () => {
    const film = await aProtectedFilm()
    await remove(film)
    const first = at.clock.now()
    at.clock.advance(1000)
    await at.ports.db.transaction((tx) => shredKeys(tx, at.ports, film.videoId))
    expect((await keyReceipt(at.ports, film.videoId))?.shreddedAt).toEqual(first)
  })
  it('is the end of its keys: none are made again', async () => {
    const film = await aProtectedFilm()
    await remove(film)
    await expect(make(film)).rejects.toThrow(KeysShredded)
  })
  it('lets a film without keys have none', async () => {
    const film = wanted(await aFilm())
    await remove(film)
    await expect(make(film)).rejects.toThrow(KeysShredded)
  })
  it('lets no keys be made once the row of the film is gone, too', async () => {
    const film = wanted(await aFilm())
    await at.ports.db.delete(videos).where(eq(videos.id, film.videoId))
    await expect(make(film)).rejects.toThrow(KeysShredded)
  })
  it('leaves no key of those who make some at the same time', async () => {
    const film = wanted(await aFilm())
    const makers = [1, 2, 3].map(() => make(film, aProcess().ports).catch(() => undefined))
    await Promise.all([...makers, remove(film)])
    expect((await contentKeysOf(aProcess().ports, film)).size).toBe(0)
  })
})
