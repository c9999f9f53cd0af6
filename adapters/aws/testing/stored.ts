import type { SignedRequest, Storage } from '../../../core/ports/storage.ts'
import type { BucketNames } from '../../../core/run/storage-event.ts'
import type { AnyEvent } from '../../../events/catalog.ts'
import { systemClock } from '../../node/clock.ts'
import { openIds } from '../../node/ids.ts'
import type { AwsAccess } from '../config.ts'
import { openAwsStorage } from '../storage.ts'
import { decodeS3Record } from '../storage-events.ts'
import { openBuckets } from './buckets.ts'
import { testConfig } from './config.ts'

export interface StoredBuckets extends AsyncDisposable {
  readonly storage: Storage
  readonly access: AwsAccess
  readonly created: AnyEvent[]
  readonly later: Date
  readonly past: Date
  send(request: SignedRequest, body: Uint8Array): Promise<{ status: number }>
  read(url: string): Promise<Uint8Array>
}

/** The driver over two fresh buckets, with what the store tells of them. */
export async function openStored(): Promise<StoredBuckets> {
  const created: AnyEvent[] = []
  const buckets = await openBuckets((notification) => void created.push(...eventsOf(notification)))
  const eventsOf = (notification: unknown) =>
    (notification as { Records: unknown[] }).Records.map((record) => toEvent(record, buckets.names))
  const { endpoint, region, names, credentials } = buckets
  const access = {
    config: testConfig({ region, buckets: names, endpoints: { s3: endpoint } }),
    credentials: async () => credentials,
  }
  return {
    storage: openAwsStorage({ ...access, clock: systemClock, ids: openIds() }),
    ...{ access, created },
    later: new Date(Date.now() + 3_600_000),
    past: new Date(Date.now() - 60_000),
    send: ({ method, url, headers }, body) => fetch(url, { method, headers, body: Buffer.from(body) }),
    read: async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer()),
    [Symbol.asyncDispose]: () => buckets[Symbol.asyncDispose](),
  }
}

function toEvent(record: unknown, names: BucketNames): AnyEvent {
  const decoded = decodeS3Record(record, names)
  if (decoded.is !== 'event') throw new Error(`not an event of ours: ${JSON.stringify(decoded)}`)
  return decoded.event
}
