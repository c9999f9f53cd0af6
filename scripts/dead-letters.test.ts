import { afterAll, describe, expect, it } from 'vitest'
import { subscriptionFilter } from '../adapters/gcp/bus-filter.ts'
import type { GcpHttpHandler } from '../adapters/gcp/http.ts'
import { openGcpCloud } from '../adapters/gcp/testing/cloud.ts'
import { openLocalHandler } from '../adapters/gcp/testing/functions-framework-local.ts'
import { openTestDatabase } from '../adapters/local/testing/database.ts'
import { openNeonProxy } from '../adapters/neon/testing/neon-proxy.ts'
import { openIds } from '../adapters/node/ids.ts'
import { deadLetters, inbox } from '../core/database/schema.ts'
import type { Database } from '../core/ports/database.ts'
import { type EventId, idFromUuid } from '../core/run/id.ts'
import { fromWire } from '../core/run/wire-event.ts'
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

describe('npm run dead-letters on a deployment', () => {
  it('replay has the function’s own subscription bring the event, and tells how it ended', async () => {
    await using stack = new AsyncDisposableStack()
    const database = stack.use(await openTestDatabase())
    const { hostname, port } = new URL(database.url)
    const proxy = await openNeonProxy({ host: hostname, port: Number(port) })
    stack.defer(() => proxy.close())
    const { pubsub, env } = stack.use(
      await openGcpCloud({
        databaseUrl: database.url,
        neonProxy: proxy.endpoint,
        consumers: ['transcode-starter'],
        job: { command: process.execPath, args: ['-e', ''] },
      }),
    )
    const push = stack.use(await openLocalHandler(gcpPushInto(database.db)))
    const filter = subscriptionFilter('transcode-starter', 'video.uploaded')
    pubsub.subscribe({ name: 'starter', topic: env.SKYREEL_BUS ?? '', filter, push: push.origin })
    const id = idFromUuid('evt', openIds().uuid())
    const letter = {
      id,
      consumer: 'transcode-starter',
      reason: 'the database was away',
      createdAt: new Date(),
    }
    await database.db.insert(deadLetters).values({ ...letter, envelope: UPLOADED })
    const own = { ...env, SKYREEL_PUBLIC_ORIGIN: 'http://localhost:8080' }
    const told = Object.fromEntries(Object.entries(own).map(([name, value]) => [name, value ?? '']))
    const { status, stdout, stderr } = await runScript('dead-letters.ts', ['replay'], told)
    expect([status, stdout], stderr).toEqual([0, `${id}  transcode-starter  done\n`])
  })
  it('names the clouds where it is told another', async () => {
    const { status, stderr } = await runScript('dead-letters.ts', ['list'], { SKYREEL_CLOUD: 'moon' })
    expect([status, stderr]).toEqual([1, expect.stringContaining('aws, gcp, azure')])
  })
})

const UPLOADED = {
  id: `evt_${'1'.repeat(32)}`,
  type: 'video.uploaded',
  source: '/skyreel/outbox',
  time: '2026-01-01T00:00:00.000Z',
  data: { videoId: `vid_${'2'.repeat(32)}`, generation: 1 },
} as const

/** A function that notes in its inbox what Pub/Sub pushes, as a deployed one does. */
const gcpPushInto =
  (db: Database): GcpHttpHandler =>
  async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const { message } = JSON.parse(Buffer.concat(chunks).toString()) as { message: { data: string } }
    const { id, source } = fromWire(Buffer.from(message.data, 'base64').toString())
    await db
      .insert(inbox)
      .values({ consumer: 'transcode-starter', source, eventId: id, handledAt: new Date() })
    response.writeHead(204).end()
  }
