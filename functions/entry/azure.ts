import { app } from '@azure/functions'
import { azureEventGrid, azureQueue } from '../../adapters/azure/events.ts'
import { azureHttp } from '../../adapters/azure/http.ts'
import { openAzureLog } from '../../adapters/azure/log.ts'
import { azureSchedule } from '../../adapters/azure/schedule.ts'
import { openIds } from '../../adapters/node/ids.ts'
import { loadOnce } from '../../adapters/node/load-once.ts'
import type { CronFunction, HttpFunction, OnFunction } from '../../core/run/function.ts'
import type { Log } from '../../core/run/log.ts'
import { bucketNames, logLevel, trustedHops } from './cloud-env.ts'
import { type LateManifest, loadConsumer, loadMount, loadScheduled } from './cloud-load.ts'

// Loaded in each bundle before its first event can be taken: no SDK and no business code in here.

/** What the host must be told before the manifest is loaded. */
interface Named {
  readonly name: string
}

/** Registers an API for all paths and methods: the manifest's own router decides. Host keys are not asked for. */
export function httpEntry({ name }: Named, manifest: LateManifest<HttpFunction>): void {
  const { log, ids, ports } = common(name)
  const options = { log, ids, ...trustedHops(process.env) }
  // Without it an answer is held back until its end, and progress as server-sent events would come in one piece.
  app.setup({ enableHttpStream: true })
  app.http(name, {
    route: '{*path}',
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    authLevel: 'anonymous',
    handler: azureHttp(() => loadMount(manifest, ports), options),
  })
}

/**
 * Registers a reaction to the store's own events, which Event Grid brings to its trigger or, as our stack has it, into the
 * function's own queue; and to what is put before this function alone: a dead letter that is replayed, an event that it
 * postponed.
 */
export function storageEntry({ name }: Named, manifest: LateManifest<OnFunction>): void {
  const { load, options } = consumer(name, manifest)
  app.eventGrid(name, { handler: azureEventGrid(load, options) })
  listen(`${name}-queue`, name, azureQueue(load, options))
}

/** Registers a reaction to events of the bus, which wait in a queue of the function's own. */
export function queueEntry({ name }: Named, manifest: LateManifest<OnFunction>): void {
  const { load, options } = consumer(name, manifest)
  listen(name, name, azureQueue(load, options))
}

function consumer(name: string, manifest: LateManifest<OnFunction>) {
  const { log, ids, ports } = common(name)
  const load = loadOnce(() => loadConsumer(manifest, ports))
  return { load, options: { log, ids, buckets: bucketNames(process.env) } }
}

/** The setting, or the beginning of several, that tells the host where the queues are. */
const QUEUES_CONNECTION = 'SKYREEL_STORAGE'

function listen(trigger: string, name: string, handler: ReturnType<typeof azureQueue>): void {
  // The host replaces what stands between the per cent signs by the app setting of that name.
  app.storageQueue(trigger, { queueName: `%SKYREEL_QUEUES%${name}`, connection: QUEUES_CONNECTION, handler })
}

/** Registers work on a schedule, given as NCRONTAB. */
export function cronEntry(
  { name, schedule }: Named & { readonly schedule: string },
  manifest: LateManifest<CronFunction>,
): void {
  const { log, ids, ports } = common(name)
  app.timer(name, { schedule, handler: azureSchedule(() => loadScheduled(manifest, ports), { log, ids }) })
}

function common(name: string) {
  const log = openAzureLog({ level: logLevel(process.env) }).with({ function: name })
  return { log, ids: openIds(), ports: loadOnce(() => openPorts(log)) }
}

async function openPorts(log: Log) {
  const [{ openAzurePorts }, { cloudConfig }] = await Promise.all([
    import('../../adapters/azure/ports.ts'),
    import('./cloud-config.ts'),
  ])
  return openAzurePorts({ env: process.env, log, config: cloudConfig(process.env) }).ports
}
