import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import type { UserId } from '../run/id.ts'
import { ingest, type TenantEvent } from './ingest.ts'
import { NANO } from './quantity.ts'
import { type ForTenants, tenantsOfUsers } from './tenant.ts'

const FLUSH_AFTER_MS = 10_000
const FLUSH_AT_REQUESTS = 100
/** Users in one tally; those beyond are not counted, and that is logged. */
const MOST_USERS = 10_000

interface Tally {
  readonly number: number
  readonly since: Date
  last: Date
  requests: number
  readonly byUser: Map<UserId, number>
}

/**
 * Counts the requests of signed-in users in this process and writes sums: an INSERT per request would cost more than many
 * a request. A sum is written by the request that finds the tally ten seconds old or a hundred requests large, and by
 * `flush` when the process is told to stop. An instance that is killed, or frozen and never woken, takes along what it has
 * tallied: at most 99 requests, or those of its last ten busy seconds. Never is one counted twice: a tally is written under
 * `<instance>:<number>`, again after a failure. `instance`: unlike that of any other process.
 */
export function openRequestMeter({ instance }: { instance: string }) {
  let number = 0
  let open: Tally | undefined
  let failed: Tally | undefined
  let flushing: Promise<void> | undefined
  let overflown = 0

  const note = (userId: UserId, now: Date): void => {
    open ??= { number: ++number, since: now, last: now, requests: 0, byUser: new Map() }
    if (open.byUser.size >= MOST_USERS && !open.byUser.has(userId)) return void overflown++
    open.byUser.set(userId, (open.byUser.get(userId) ?? 0) + 1)
    open.requests++
    open.last = now
  }
  const flush = async (uses: ForTenants): Promise<void> => {
    // What failed before keeps its number; requests go on meanwhile in a tally of their own.
    failed ??= open
    if (failed === open) open = undefined
    if (failed) await write(uses, instance, failed)
    failed = undefined
  }
  const flushSafely = async (uses: ForTenants, log: Context['log']): Promise<void> => {
    try {
      await flush(uses)
      if (overflown > 0)
        log.error('requests of too many users at once were not counted', { requests: overflown })
      overflown = 0
    } catch (error) {
      log.error('counted requests could not be written: they wait for the next flush', { error })
    } finally {
      flushing = undefined
    }
  }
  /** Writes the tally where it is due. Never throws: a request must not fail because it is counted. */
  const flushIfDue = async (uses: ForTenants, { log }: Pick<Context, 'log'>): Promise<void> => {
    if (flushing || !isDue(failed ?? open, uses)) return
    flushing = flushSafely(uses, log)
    await flushing
  }
  /** Writes all that is tallied; for when the process ends. */
  const flushAll = async (uses: ForTenants, { log }: Pick<Context, 'log'>): Promise<void> => {
    await flushing
    for (let tries = 0; tries < 2 && (failed ?? open); tries++) await flushSafely(uses, log)
  }
  return { note, flushIfDue, flushAll }
}
export type RequestMeter = ReturnType<typeof openRequestMeter>

const isDue = (tally: Tally | undefined, { clock }: Uses<'clock'>): boolean =>
  tally !== undefined &&
  (tally.requests >= FLUSH_AT_REQUESTS || clock.now().getTime() - tally.since.getTime() >= FLUSH_AFTER_MS)

async function write(uses: ForTenants, instance: string, tally: Tally): Promise<void> {
  const tenants = await tenantsOfUsers(uses, [...tally.byUser.keys()])
  const events = [...tally.byUser].flatMap(([userId, requests]): TenantEvent[] => {
    const tenant = tenants.get(userId)
    if (!tenant) return []
    const facts = {
      source: 'requests',
      meter: 'api_requests' as const,
      subject: undefined,
      dimensions: undefined,
    }
    const id = `${instance}:${tally.number}`
    return [{ ...facts, tenant, id, quantity: BigInt(requests) * NANO, at: tally.last }]
  })
  if (events.length > 0) await ingest(uses.db, events, uses.clock.now())
}
