import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Media } from '../../../core/ports/media.ts'
import type { Ports } from '../../../core/ports/ports.ts'
import type { Config } from '../../../core/run/config.ts'
import type { Context } from '../../../core/run/context.ts'
import type { AnyEvent } from '../../../events/catalog.ts'
import { openIds } from '../../node/ids.ts'
import { argon2Passwords } from '../../node/passwords.ts'
import { openLocalBus, type Subscriber } from '../bus.ts'
import { openLocalCdn } from '../cdn.ts'
import { localConfig } from '../config.ts'
import { openLocalJobs } from '../jobs.ts'
import { openLocalKeyVault } from '../key-vault.ts'
import { openLicenseServers } from '../license-servers.ts'
import { noMedia } from '../no-media.ts'
import { openPayments } from '../payments.ts'
import { openLocalQueue } from '../queue.ts'
import { openLocalSecrets } from '../secrets.ts'
import { type LocalStorage, openLocalStorage } from '../storage.ts'
import { openTax } from '../tax.ts'
import { openThumbnailer } from '../thumbnailer.ts'
import { type ManualClock, manualClock } from './clock.ts'
import { openTestDatabase } from './database.ts'
import { type MemoryLog, memoryLog } from './log.ts'

export interface TestColumnOptions {
  readonly config?: Partial<Config>
  readonly media?: Media
  /** Real delivery to these; without them events are only recorded. */
  readonly subscribers?: (ports: Ports) => readonly Subscriber[]
  /** Functions that messages may be sent to. */
  readonly consumers?: readonly string[]
  /** Replaces single ports. */
  readonly ports?: Partial<Ports>
}

export interface TestColumn extends AsyncDisposable {
  readonly ports: Ports
  readonly ctx: Context
  readonly clock: ManualClock
  readonly storage: LocalStorage
  /** Everything that was published, storage events too, in order. */
  readonly events: AnyEvent[]
  readonly log: MemoryLog
  readonly databaseUrl: string
  readonly home: string
  /** Resolves when the subscribers are done with all events. */
  drain(): Promise<void>
}

/** A job of a test runs until it is stopped or the column is closed. */
const IDLE_JOB = 'process.on("disconnect", () => process.exit(1)); setInterval(() => {}, 60000)'
const ORIGIN = 'http://localhost:8080'

/** The local column for one test: a database and a folder of its own, a clock that stands still, real drivers. */
export async function openTestColumn(options: TestColumnOptions = {}): Promise<TestColumn> {
  const stack = new AsyncDisposableStack()
  const home = await mkdtemp(join(tmpdir(), 'skyreel-column-'))
  stack.defer(() => rm(home, { recursive: true, force: true }))
  const database = stack.use(await openTestDatabase())
  const [clock, log, events] = [manualClock(), memoryLog(), [] as AnyEvent[]]
  const base = {
    clock,
    log,
    ids: openIds(() => clock.now().getTime()),
    secrets: openLocalSecrets(join(home, 'secrets')),
  }
  const bus = await openLocalBus({ folder: join(home, 'events'), ...base })
  stack.defer(() => bus.stop())
  const publish = async (published: readonly AnyEvent[]) => {
    events.push(...published)
    if (options.subscribers) await bus.publish(published)
  }
  const onCreated = (event: AnyEvent) => publish([event])
  const storage = await openLocalStorage({
    folder: join(home, 'objects'),
    origin: ORIGIN,
    onCreated,
    ...base,
  })
  const jobs = openLocalJobs({
    runner: { command: process.execPath, args: ['-e', IDLE_JOB], slots: 100, stopSeconds: 1 },
    log,
  })
  stack.defer(() => jobs.close())
  const ports: Ports = {
    config: localConfig(ORIGIN, options.config),
    db: database.db,
    storage,
    cdn: openLocalCdn({ origin: ORIGIN, secrets: base.secrets }),
    bus: { publish },
    queue: openLocalQueue({ bus, consumers: options.consumers ?? [] }),
    jobs,
    secrets: base.secrets,
    keyVault: openLocalKeyVault(base),
    licenseServers: openLicenseServers(),
    passwords: argon2Passwords,
    clock,
    ids: base.ids,
    media: options.media ?? noMedia('this test uses media: give openTestColumn({ media })'),
    payments: openPayments({ secrets: base.secrets, clock, api: options.config?.stripeApi }),
    tax: openTax({ secrets: base.secrets, by: 'table', sellerCountry: 'DE' }),
    thumbnailer: openThumbnailer({ scratchFolder: join(home, 'scratch') }),
    ...options.ports,
  }
  if (options.subscribers) await bus.start(options.subscribers(ports))
  const ctx = testContext(log)
  const facts = {
    ports,
    ctx,
    clock,
    storage,
    events,
    log,
    databaseUrl: database.url,
    home,
    drain: () => bus.drain(),
  }
  return Object.assign(facts, { [Symbol.asyncDispose]: () => stack.disposeAsync() })
}

/** The surroundings of one invocation. */
export function testContext(log: MemoryLog = memoryLog(), signal = new AbortController().signal): Context {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  return { requestId: 'test-request', traceparent, signal, log }
}
