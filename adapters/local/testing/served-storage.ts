import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Cdn } from '../../../core/ports/cdn.ts'
import type { Secrets } from '../../../core/ports/secrets.ts'
import type { SignedRequest } from '../../../core/ports/storage.ts'
import type { AnyEvent } from '../../../events/catalog.ts'
import { serve } from '../../node/http.ts'
import { openIds } from '../../node/ids.ts'
import { openLocalCdn } from '../cdn.ts'
import { openLocalSecrets } from '../secrets.ts'
import { type LocalStorage, openLocalStorage } from '../storage.ts'
import { openStorageHttp } from '../storage-http.ts'
import { type ManualClock, manualClock } from './clock.ts'
import { memoryLog } from './log.ts'

export interface ServedStorage extends AsyncDisposable {
  readonly storage: LocalStorage
  readonly cdn: Cdn
  readonly origin: string
  readonly folder: string
  readonly clock: ManualClock
  readonly created: AnyEvent[]
  readonly later: Date
  readonly past: Date
  send(request: SignedRequest, body: Uint8Array): Promise<{ status: number }>
  read(url: string): Promise<Uint8Array>
  /** The same folder as a process started later sees it. */
  reopen(): Promise<LocalStorage>
}

/** The file-system store in a temporary folder behind a real server on a free port. */
export async function openServedStorage(options: { secrets?: Secrets } = {}): Promise<ServedStorage> {
  const stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-storage-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const [clock, log, ids, secrets] = [
    manualClock(),
    memoryLog(),
    openIds(),
    options.secrets ?? openLocalSecrets(join(folder, 'secrets')),
  ]
  const created: AnyEvent[] = []
  // The store signs for the server's port, which is known once it listens.
  let handle: ReturnType<typeof openStorageHttp> = () => undefined
  const server = await serve({
    port: 0,
    ids,
    log,
    handle: async () => ({ status: 404 }),
    raw: (request, ctx) => handle(request, ctx),
  })
  stack.defer(() => server.stop(500))
  const origin = `http://127.0.0.1:${server.port}`
  const onCreated = async (event: AnyEvent) => void created.push(event)
  const reopen = () =>
    openLocalStorage({ folder: join(folder, 'objects'), origin, secrets, clock, ids, log, onCreated })
  const storage = await reopen()
  handle = openStorageHttp({ storage, secrets, clock })
  return {
    ...{ storage, cdn: openLocalCdn({ origin, secrets }), origin, folder, clock, created, reopen },
    later: new Date(clock.now().getTime() + 3_600_000),
    past: new Date(clock.now().getTime() - 1000),
    send: ({ method, url, headers }, body) => fetch(url, { method, headers, body: Buffer.from(body) }),
    read: (url) => readFile(fileURLToPath(url)),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
