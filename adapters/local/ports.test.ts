import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Ports } from '../../core/ports/ports.ts'
import { NotSupported } from '../../core/run/not-supported.ts'
import { done } from '../../core/run/verdict.ts'
import type { AnyEvent } from '../../events/catalog.ts'
import type { Subscriber } from './bus.ts'
import { type LocalPortsOptions, openLocalPorts } from './ports.ts'
import { openTestColumn } from './testing/column.ts'
import { openTestDatabase } from './testing/database.ts'
import { memoryLog } from './testing/log.ts'

async function openHome() {
  const stack = new AsyncDisposableStack()
  const home = await mkdtemp(join(tmpdir(), 'skyreel-home-'))
  stack.defer(() => rm(home, { recursive: true, force: true }))
  const database = stack.use(await openTestDatabase())
  const open = async (more: Partial<LocalPortsOptions> = {}) => {
    const rest = { home, databaseUrl: database.url, origin: 'http://localhost:8080', log: memoryLog() }
    const column = await openLocalPorts({ ...rest, ...more })
    stack.defer(() => column.close())
    return column
  }
  return { open, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

function listener() {
  const seen: AnyEvent[] = []
  const subscribers = (): Subscriber[] => [
    {
      wants: (event) => event.type === 'storage.object.created' && event.data.bucket === 'uploads',
      deliver: async (event) => {
        seen.push(event)
        return done
      },
    },
  ]
  return { seen, subscribers }
}

const put = ({ storage }: Pick<Ports, 'storage'>, bucket: 'uploads' | 'media') =>
  storage.put(bucket, 'a', Buffer.from('x'), { contentType: 'text/plain' })

it('delivers the store’s own event to the subscribers', async () => {
  await using at = await openHome()
  const { seen, subscribers } = listener()
  const column = await at.open({ subscribers })
  await put(column.ports, 'uploads')
  await column.bus.drain()
  expect(seen).toMatchObject([{ type: 'storage.object.created', data: { bucket: 'uploads', key: 'a' } }])
})

it('leaves the events of a job’s process to the platform', async () => {
  await using at = await openHome()
  const [job, { seen, subscribers }] = [await at.open(), listener()]
  const data = { bucket: 'uploads', key: 'b', sizeBytes: 1, etag: 'e' }
  const time = '2026-01-01T00:00:00.000Z'
  await job.ports.bus.publish([{ id: 'evt_1', type: 'storage.object.created', source: 'test', time, data }])
  const platform = await at.open({ subscribers })
  await platform.bus.drain()
  expect(seen).toMatchObject([{ id: 'evt_1' }])
})

it('shows a job’s process the platform’s objects and secrets', async () => {
  await using at = await openHome()
  const [platform, job] = [await at.open(), await at.open()]
  await put(platform.ports, 'media')
  expect(await job.ports.storage.head('media', 'a')).toMatchObject({ sizeBytes: 1 })
  expect(await job.ports.secrets.get('delivery-key')).toBe(await platform.ports.secrets.get('delivery-key'))
})

it('has no media tools unless they are given', async () => {
  await using at = await openHome()
  const { ports } = await at.open()
  const watch = { signal: new AbortController().signal, progress: () => undefined }
  await expect(ports.media.probe('file:///x', watch)).rejects.toThrow(NotSupported)
})

it('refuses a configuration out of bounds by its name', async () => {
  await using at = await openHome()
  await expect(at.open({ config: { unitsAtOnce: 0 } })).rejects.toThrow('unitsAtOnce')
})

it('closes the database again when it cannot be opened as a whole', async () => {
  await using at = await openHome()
  let opened: Ports | undefined
  const subscribers = (ports: Ports): never => {
    opened = ports
    throw new Error('no consumers')
  }
  await expect(at.open({ subscribers })).rejects.toThrow('no consumers')
  await expect(opened?.db.execute('select 1')).rejects.toMatchObject({
    cause: { message: 'Cannot use a pool after calling end on the pool' },
  })
})

it('gives tests a column with a clock that stands still', async () => {
  await using column = await openTestColumn()
  const before = column.ports.clock.now()
  await put(column.ports, 'uploads')
  column.clock.advance(1000)
  expect(column.ports.clock.now().getTime() - before.getTime()).toBe(1000)
  expect(column.events).toMatchObject([{ type: 'storage.object.created', time: before.toISOString() }])
})

it('gives tests jobs that run until they are stopped', async () => {
  await using column = await openTestColumn()
  await column.ports.jobs.start('transcode', 'a', { videoId: 'vid_1' as never, generation: 1 })
  expect(await column.ports.jobs.state('a')).toBe('running')
})
