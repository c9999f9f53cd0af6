import { eq } from 'drizzle-orm'
import type { Watch } from '../ports/media.ts'
import { MediaFailed } from '../ports/media.ts'
import type { Ports } from '../ports/ports.ts'
import { markEditionFailed } from '../protection/fail-edition.ts'
import { protectUnit } from '../protection/protect-unit.ts'
import type { Context } from '../run/context.ts'
import { commit } from '../run/emit.ts'
import { videos } from '../video/schema.ts'
import { encode } from './encode-unit.ts'
import { markFailed, workFailed } from './fail.ts'
import { heartbeat, LeaseLost } from './heartbeat.ts'
import { probeFilm } from './probe.ts'
import type { UnitOutput } from './unit.ts'
import { finishUnit, giveBack, type Lease, release, type Unit, writeProgress } from './unit-store.ts'

/** Does one claimed unit and writes how it ended. False for a failure of the unit, after which its next attempt or the film's failure follows. */
export async function runUnit(unit: Unit, ports: Ports, ctx: Context): Promise<boolean> {
  const lease: Lease = { unitId: unit.id, token: unit.leaseToken ?? '' }
  const beat = heartbeat(ports, lease, { work: unit, signal: ctx.signal, log: ctx.log })
  const startedAt = ports.clock.now().getTime()
  try {
    const output = await perform(unit, ports, { ctx, watch: beat })
    if (output) await finishUnit(ports.db, ports, lease, output)
    await writeProgress(ports, unit)
    ctx.log.info('unit done', { seconds: (ports.clock.now().getTime() - startedAt) / 1000 })
    return true
  } catch (error) {
    await afterError(error, unit, lease, { ports, ctx })
    return false
  } finally {
    await beat.stop()
  }
}

interface Bench {
  readonly ctx: Context
  readonly watch: Watch
}

/** `undefined` where the unit's end was written together with what it found. */
async function perform(unit: Unit, ports: Ports, bench: Bench): Promise<UnitOutput | undefined> {
  const { spec } = unit
  const film = await filmOf(unit, ports)
  if (!film) throw new LeaseLost('the film is gone')
  if (spec.kind === 'protect') {
    if (film.nextEdition !== spec.edition) throw new LeaseLost('nobody waits for this encryption any more')
    return protectUnit(spec, { work: unit, ports, watch: bench.watch })
  }
  const source = await ports.storage.readUrl('uploads', film.key, sourceExpiry(ports))
  if (spec.kind === 'probe') return probeFilm(unit, source, { ports, ...bench })
  if (!film.report) throw new Error(`unit ${unit.name} has no report to work from`)
  const { report, protection } = film
  return encode(spec, { source, report, protection, unit, ports, watch: bench.watch })
}

const SOURCE_URL_HOURS = 12

const sourceExpiry = ({ clock }: Pick<Ports, 'clock'>) =>
  new Date(clock.now().getTime() + SOURCE_URL_HOURS * 3_600_000)

async function filmOf(unit: Unit, { db }: Ports) {
  const columns = {
    key: videos.sourceKey,
    report: videos.report,
    generation: videos.generation,
    protection: videos.protection,
    nextEdition: videos.nextEdition,
    deletedAt: videos.deletedAt,
  }
  const [row] = await db.select(columns).from(videos).where(eq(videos.id, unit.videoId))
  if (!row?.key || row.deletedAt || row.generation !== unit.generation) return undefined
  return { ...row, key: row.key }
}

async function afterError(
  error: unknown,
  unit: Unit,
  lease: Lease,
  { ports, ctx }: { ports: Ports; ctx: Context },
): Promise<void> {
  if (error instanceof LeaseLost) return ctx.log.warn('unit was taken over or cancelled', { error })
  if (ctx.signal.aborted) return release(ports, lease)
  const spent = unit.attempts >= ports.config.unitAttempts
  const tail = error instanceof MediaFailed ? error.tail : undefined
  ctx.log.error('unit failed', { error, tail, spent })
  const text = [error instanceof Error ? error.message : String(error), tail]
    .filter(Boolean)
    .join('\n')
    .slice(-4000)
  await commit(ports, ctx, async (tx, emit) => {
    await giveBack(tx, ports, lease, { error: text, spent })
    if (!spent) return
    if (unit.spec.kind === 'protect')
      await markEditionFailed(tx, ports, { work: unit, edition: unit.spec.edition })
    else await markFailed(tx, ports, { work: unit, failure: workFailed(unit), emit })
  })
}
