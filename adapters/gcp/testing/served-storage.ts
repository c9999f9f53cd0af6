import { SecretMissing, type SecretName, type Secrets } from '../../../core/ports/secrets.ts'
import type { SignedRequest } from '../../../core/ports/storage.ts'
import type { AnyEvent } from '../../../events/catalog.ts'
import { type ManualClock, manualClock } from '../../local/testing/clock.ts'
import { systemClock } from '../../node/clock.ts'
import { openGcpCredentials } from '../credentials.ts'
import { type GcpStorage, openGcpStorage } from '../storage.ts'
import { decodeStorage } from '../storage-events.ts'
import { readSigningKey } from '../storage-sign.ts'
import { TOKEN } from './env.ts'
import { type Gcs, openGcs } from './gcs.ts'
import { ACCOUNT, KEY_FILE, PRIVATE_PEM } from './keys.ts'
import { openServer, type Received } from './server.ts'

export const BUCKET_NAMES = { uploads: 'demo-uploads', media: 'demo-media' } as const

export interface ServedGcpStorage extends AsyncDisposable {
  readonly gcs: Gcs
  readonly storage: GcpStorage
  readonly clock: ManualClock
  readonly created: AnyEvent[]
  readonly later: Date
  readonly past: Date
  send(request: SignedRequest, body: Uint8Array): Promise<{ status: number }>
  read(url: string): Promise<Uint8Array>
  /** The driver with other credentials. */
  openAs(token: string): GcpStorage
}

const CORS = [
  { origin: ['*'], method: ['GET', 'PUT'], responseHeader: ['ETag', 'Content-Type'], maxAgeSeconds: 3600 },
]

/** The driver over the wire of our own Cloud Storage server, whose notifications are decoded as functions do. */
export async function openServedGcpStorage(
  options: { minPartBytes?: number } = {},
): Promise<ServedGcpStorage> {
  const stack = new AsyncDisposableStack()
  const clock = manualClock()
  const created: AnyEvent[] = []
  const gcs = stack.use(
    await openGcs({
      buckets: { [BUCKET_NAMES.uploads]: CORS, [BUCKET_NAMES.media]: CORS },
      accounts: { [ACCOUNT]: PRIVATE_PEM },
      ...{ token: TOKEN, now: clock.now, minPartBytes: options.minPartBytes ?? 1 },
    }),
  )
  const receiver = stack.use(await openServer(async (request) => take(request, created), raise))
  gcs.subscribe(receiver.origin, { waits: true })
  const key = readSigningKey(KEY_FILE)
  // Signatures go by the clock of the test; pauses between tries are real.
  const driverClock = { now: clock.now, sleep: systemClock.sleep }
  const openAs = (token: string) =>
    openGcpStorage({
      ...{ endpoint: gcs.origin, buckets: BUCKET_NAMES, clock: driverClock },
      credentials: openGcpCredentials({ token }),
      signingKey: async () => key,
    })
  return {
    ...{ gcs, clock, created, openAs },
    storage: openAs(TOKEN),
    later: new Date(clock.now().getTime() + 3_600_000),
    past: new Date(clock.now().getTime() - 1000),
    send: ({ method, url, headers }, body) => fetch(url, { method, headers, body: Buffer.from(body) }),
    read: async (url) => new Uint8Array(await ok(await fetch(url)).arrayBuffer()),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

function ok(response: Response): Response {
  if (!response.ok) throw new Error(`the store answered ${response.status}`)
  return response
}

function take({ headers, body }: Received, created: AnyEvent[]) {
  const native = { type: headers['ce-type'], time: headers['ce-time'], data: JSON.parse(body.toString()) }
  for (const decoded of decodeStorage(native, BUCKET_NAMES)) {
    if (decoded.is !== 'event') throw new Error(`a notification was ${decoded.is}`)
    created.push(decoded.event)
  }
  return { status: 204 }
}

function raise(error: unknown): never {
  throw error
}

/** Secrets of a test, by name. */
export const someSecrets = (values: Partial<Record<SecretName, string>>): Secrets => ({
  async get(name) {
    const value = values[name]
    if (value === undefined) throw new SecretMissing(`there is no secret ${name}`)
    return value
  },
})
