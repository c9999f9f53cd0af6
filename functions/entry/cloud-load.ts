import type { HttpMount } from '../../core/http/mount.ts'
import type { Ports } from '../../core/ports/ports.ts'
import type { Consumer, Scheduled } from '../../core/run/consumer.ts'
import type { CronFunction, HttpFunction, OnFunction } from '../../core/run/function.ts'

/** A manifest with all of its business code, behind a dynamic import. */
export type LateManifest<Kind> = () => Promise<{ readonly default: Kind }>
export type OpenPorts = () => Promise<Ports>

// All that is imported here is imported late: it is read from disk and compiled while the platform makes ready, and none
// of it is part of what must be there before a first event can be taken.

/** An API, with the outside under it. */
export async function loadMount(manifest: LateManifest<HttpFunction>, ports: OpenPorts): Promise<HttpMount> {
  const [fn, { mountRoutes }, opened] = await Promise.all([
    manifest(),
    import('../../core/http/mount-routes.ts'),
    ports(),
  ])
  return mountRoutes(fn.default, opened)
}

/** A reaction to events, with the outside under it. */
export async function loadConsumer(manifest: LateManifest<OnFunction>, ports: OpenPorts): Promise<Consumer> {
  const [fn, { consumerOf }, opened] = await Promise.all([
    manifest(),
    import('../../core/run/consume.ts'),
    ports(),
  ])
  return consumerOf(fn.default, opened)
}

/** Work on a schedule, with the outside under it. */
export async function loadScheduled(
  manifest: LateManifest<CronFunction>,
  ports: OpenPorts,
): Promise<Scheduled> {
  const [fn, { scheduledOf }, opened] = await Promise.all([
    manifest(),
    import('../../core/run/consume.ts'),
    ports(),
  ])
  return scheduledOf(fn.default, opened)
}
