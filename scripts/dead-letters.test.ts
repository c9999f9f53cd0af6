import { afterAll, describe, expect, it } from 'vitest'
import { deadLetters } from '../core/database/schema.ts'
import { type EventId, idFromUuid } from '../core/run/id.ts'
import { openTestPlatform } from '../functions/entry/testing/platform.ts'
import { runScript } from './testing/run-script.ts'

describe('npm run dead-letters', async () => {
  const at = await openTestPlatform()
  afterAll(() => at[Symbol.asyncDispose]())
  const { db, ids, clock } = at.platform.ports
  const deadLettersScript = (...args: readonly string[]) =>
    runScript('dead-letters.ts', args, { DATABASE_URL: at.databaseUrl, SKYREEL_HOME: at.home })

  /** The event of a film that is long gone: what is left of it can be cleaned now. */
  async function bury(consumer: string): Promise<EventId> {
    const id = idFromUuid('evt', ids.uuid())
    const videoId = idFromUuid('vid', ids.uuid())
    const envelope = {
      id: idFromUuid('evt', ids.uuid()),
      type: 'video.failed',
      source: '/skyreel/outbox',
      subject: videoId,
      time: clock.now().toISOString(),
      data: { videoId, generation: 1, reason: 'not-video' },
    }
    const reason = 'the store\nwas away'
    await db.insert(deadLetters).values({ id, consumer, envelope, reason, createdAt: clock.now() })
    return id
  }

  it('list says that none waits', async () => {
    expect((await deadLettersScript('list')).stdout).toBe('No dead letter waits.\n')
  })
  it('replay has the running platform deliver the event again, and tells how it ended', async () => {
    const id = await bury('failed-film-cleaner')
    const { status, stdout, stderr } = await deadLettersScript('replay', id)
    expect([status, stdout], stderr).toEqual([0, `${id}  failed-film-cleaner  done\n`])
  })
  it('list tells of each that waits what failed, where and why, in one line', async () => {
    const id = await bury('failed-film-cleaner')
    const { stdout } = await deadLettersScript('list')
    expect(stdout).toMatch(
      new RegExp(`^${id} +\\S+Z +failed-film-cleaner +video\\.failed +vid_\\w+ +the store was away$`, 'm'),
    )
    await deadLettersScript('replay')
  })
  it('replay without an id takes all that wait', async () => {
    const two = [await bury('failed-film-cleaner'), await bury('failed-film-cleaner')]
    const { stdout } = await deadLettersScript('replay')
    expect(stdout).toBe(two.map((id) => `${id}  failed-film-cleaner  done\n`).join(''))
  })
  it('replay refuses one that was replayed before', async () => {
    const id = await bury('failed-film-cleaner')
    await deadLettersScript('replay', id)
    const { status, stderr } = await deadLettersScript('replay', id)
    expect([status, stderr]).toEqual([1, expect.stringContaining(`${id} was replayed at`)])
  })
  it.each(['evt_1', `evt_${'0'.repeat(32)}`])('replay names %s, which there is not', async (id) => {
    const { status, stderr } = await deadLettersScript('replay', id)
    expect([status, stderr]).toEqual([1, expect.stringContaining(`There is no dead letter ${id}`)])
  })
})
