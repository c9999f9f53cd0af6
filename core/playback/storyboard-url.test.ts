import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readGrant } from '../../adapters/local/storage-sign.ts'
import { openTestColumn, type TestColumn } from '../../adapters/local/testing/column.ts'
import { aUnit } from '../../adapters/local/testing/rows.ts'
import { aStoredFilm } from '../../adapters/local/testing/stored-film.ts'
import { thumbnails, videos } from '../database/schema.ts'
import { changeProtection } from '../protection/change.ts'
import type { VideoId } from '../run/id.ts'
import { republish } from '../transcode/publish.ts'
import { transcode } from '../transcode/transcode.ts'
import { filmPrefix, generationPrefix } from '../video/model.ts'
import { deliverStoryboard } from '../video/show.ts'

let at: TestColumn
let id: VideoId
beforeAll(async () => {
  at = await openTestColumn()
  id = await aStoredFilm(at.ports)
  const storyboard = { columns: 2, rows: 1, tileWidth: 16, tileHeight: 10, everySeconds: 48, tiles: 2 }
  await aUnit(at.ports.db, {
    ...{ videoId: id, name: 'stills', state: 'done' },
    spec: { kind: 'stills', storyboard, posterAtSeconds: 1 },
    output: {
      kind: 'stills',
      storyboard,
      sheets: ['storyboard-0.jpg'],
      poster: { name: 'poster.jpg', width: 16, height: 10 },
    },
  })
  const sheet = `${generationPrefix(id, 1)}storyboard-0.jpg`
  await at.ports.storage.put('media', sheet, Buffer.from('a sheet'), { contentType: 'image/jpeg' })
  await at.ports.db.transaction((tx) => republish(tx, at.ports, { videoId: id, generation: 1 }))
})
afterAll(() => at?.[Symbol.asyncDispose]())

/** The storyboard as a viewer gets it: the object that the URL leads to, and whether its grant opens another one. */
async function storyboard() {
  const [video] = await at.ports.db.select().from(videos).where(eq(videos.id, id))
  const stills = await at.ports.db.select().from(thumbnails).where(eq(thumbnails.videoId, id))
  const name = stills.find(({ kind }) => kind === 'storyboard')?.name ?? expect.fail('there is no storyboard')
  const { url } = await deliverStoryboard(at.ports, video ?? expect.fail('the film is gone'), name)
  const [, grant = '', key = ''] = /\/media\/([^/]+)\/(.+)$/.exec(url) ?? []
  const secret = await at.ports.secrets.get('delivery-key')
  const opens = (other: string) =>
    readGrant(secret, grant, { key: other, clientIp: '127.0.0.1' }) !== undefined
  return { key, opens }
}
const read = async (key: string) => {
  const found = await at.ports.storage.get('media', key)
  return found && Buffer.concat(await Array.fromAsync(found.body)).toString()
}
const clearSegment = () => `${filmPrefix(id, 1, 0)}144p/1.m4s`

describe('the URL of a storyboard', () => {
  it('opens the sheets that it names', async () => {
    const { key, opens } = await storyboard()
    const [, sheet = ''] = /^(\S+)#xywh=/m.exec((await read(key)) ?? '') ?? []
    const other = key.replace(/[^/]+$/, sheet)
    expect([opens(other), await read(other)]).toEqual([true, 'a sheet'])
  })
  it('opens no track of a clear film', async () => {
    const { opens } = await storyboard()
    expect([opens(clearSegment()), (await read(clearSegment())) !== undefined]).toEqual([false, true])
  })
  it('opens no track that was clear before the film was protected', async () => {
    await changeProtection(at.ports, at.ctx, id, { protection: 'aes-128' })
    await transcode({ videoId: id, generation: 1 }, at.ports, at.ctx)
    const { opens } = await storyboard()
    expect([opens(clearSegment()), (await read(clearSegment())) !== undefined]).toEqual([false, true])
  })
})
