import { cloudEvent, http } from '@google-cloud/functions-framework'
import { gcpEvents } from '../../adapters/gcp/events.ts'
import { gcpHttp } from '../../adapters/gcp/http.ts'
import { openGcpLog } from '../../adapters/gcp/log.ts'
import { gcpSchedule } from '../../adapters/gcp/schedule.ts'
import { openIds } from '../../adapters/node/ids.ts'
import { loadOnce } from '../../adapters/node/load-once.ts'
import type { CronFunction, HttpFunction, OnFunction } from '../../core/run/function.ts'
import type { Log } from '../../core/run/log.ts'
import { bucketNames, logLevel, trustedHops } from './cloud-env.ts'
import { type LateManifest, loadConsumer, loadMount, loadScheduled } from './cloud-load.ts'

// Loaded in each bundle before its first event can be taken: no SDK and no business code in here.

/** Registers an API under its name, which is the deployment's FUNCTION_TARGET. */
export function httpEntry(name: string, manifest: LateManifest<HttpFunction>): void {
  const { log, ids, ports } = common(name)
  const options = { log, ids, ...trustedHops(process.env) }
  http(
    name,
    gcpHttp(() => loadMount(manifest, ports), options),
  )
}

/** Registers a reaction to CloudEvents: those of a bucket, or Pub/Sub messages of the bus. */
export function onEntry(name: string, manifest: LateManifest<OnFunction>): void {
  const { log, ids, ports } = common(name)
  const options = { log, ids, buckets: bucketNames(process.env) }
  cloudEvent(
    name,
    gcpEvents(() => loadConsumer(manifest, ports), options),
  )
}

/** Registers work that Cloud Scheduler starts by POST. */
export function cronEntry(name: string, manifest: LateManifest<CronFunction>): void {
  const { log, ids, ports } = common(name)
  http(
    name,
    gcpSchedule(() => loadScheduled(manifest, ports), { log, ids }),
  )
}

function common(service: string) {
  const projectId = process.env.SKYREEL_GCP_PROJECT
  const log = openGcpLog({ service, level: logLevel(process.env), ...(projectId ? { projectId } : {}) })
  return { log, ids: openIds(), ports: loadOnce(() => openPorts(log)) }
}

async function openPorts(log: Log) {
  const [{ openGcpPorts }, { cloudConfig }] = await Promise.all([
    import('../../adapters/gcp/ports.ts'),
    import('./cloud-config.ts'),
  ])
  return openGcpPorts({ env: process.env, log, config: cloudConfig(process.env) }).ports
}
