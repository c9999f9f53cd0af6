import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestColumn, type TestColumn } from '../adapters/local/testing/column.ts'
import { aPerson, aVideo } from '../adapters/local/testing/rows.ts'
import { contentKeysOf, makeContentKeys } from '../core/drm/content-keys.ts'
import type { VideoId } from '../core/run/id.ts'
import { deleteVideo } from '../core/video/delete-video.ts'
import { runScript } from './testing/run-script.ts'

let at: TestColumn
beforeAll(async () => {
  at = await openTestColumn()
})
afterAll(() => at[Symbol.asyncDispose]())

const keys = (args: readonly string[], env: Record<string, string> = {}) =>
  runScript('keys.ts', args, { DATABASE_URL: at.databaseUrl, SKYREEL_HOME: at.home, ...env })
const editionOf = (videoId: VideoId) => ({ videoId, generation: 1, edition: 0 })

async function aProtectedFilm(): Promise<VideoId> {
  const { db } = at.ports
  const { id } = await aVideo(db, { ownerId: (await aPerson(db)).id })
  const wanted = { ...editionOf(id), protection: 'cenc' as const, labels: ['HD' as const] }
  await db.transaction((tx) => makeContentKeys(tx, at.ports, wanted))
  return id
}

describe('npm run keys', () => {
  it('rotate wraps every film anew with the key that new-local-key has made', async () => {
    const film = await aProtectedFilm()
    const before = await contentKeysOf(at.ports, editionOf(film))
    const made = await keys(['new-local-key'])
    const { status, stdout } = await keys(['rotate'])
    const id = /The key (\w+) wraps from now on/.exec(made.stdout)?.[1]
    expect([status, stdout, id]).toEqual([0, 'Wrapped anew: 1.\n', await at.ports.keyVault.version()])
    expect(await contentKeysOf(at.ports, editionOf(film))).toEqual(before)
  })
  it('receipt tells when the keys of a deleted film were shredded, and which', async () => {
    const film = await aProtectedFilm()
    const { keyId = '' } = (await contentKeysOf(at.ports, editionOf(film))).get('HD') ?? {}
    await deleteVideo(at.ports, at.ctx, film)
    const { stdout } = await keys(['receipt', film])
    expect(stdout.replaceAll('-', '')).toContain(
      `shredded ${at.clock.now().toISOString()}.`.replaceAll('-', ''),
    )
    expect(stdout.replaceAll('-', '')).toContain(keyId)
  })
  it('status tells the version that wraps, and how many films it holds', async () => {
    const { stdout } = await keys([])
    const version = await at.ports.keyVault.version()
    expect(stdout).toMatch(
      new RegExp(`^The wrapping key is ${version}\\.\n[\\s\\S]*^Films with keys: \\d`, 'm'),
    )
  })
  it('tells how it is used when it does not understand', async () => {
    const { status, stderr } = await keys(['rotate', 'now'])
    expect([status, stderr]).toEqual([1, expect.stringContaining('npm run keys -- status | rotate')])
  })
  it('has no receipt of a film that never had keys', async () => {
    const id = 'vid_0190aaaaaaaaaaaaaaaaaaaaaaaaaaaa'
    const { status, stderr } = await keys(['receipt', id])
    expect([status, stderr]).toEqual([1, `skyreel: There is no record of keys of ${id}.\n`])
  })
  it('makes no new database where the home is mistyped', async () => {
    const home = join(tmpdir(), 'skyreel-no-such-home')
    const { status, stderr } = await keys(['status'], { DATABASE_URL: '', SKYREEL_HOME: home })
    expect([status, stderr]).toEqual([1, expect.stringContaining(`no database under ${home}`)])
  })
})
