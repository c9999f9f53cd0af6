import { eq } from 'drizzle-orm'
import type { AudioTask, SourceReport, StillsTask, VideoTask, Watch } from '../ports/media.ts'
import { MediaFailed } from '../ports/media.ts'
import type { Ports } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { commit } from '../run/emit.ts'
import { videos } from '../video/schema.ts'
import { markFailed, workFailed } from './fail.ts'
import { heartbeat, LeaseLost } from './heartbeat.ts'
import { previewOf } from './preview.ts'
import { probeFilm } from './probe.ts'
import { storeInto } from './store-output.ts'
import type { UnitOutput, UnitSpec } from './unit.ts'
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
  const film = await filmOf(unit, ports)
  if (!film) throw new LeaseLost('the film is gone')
  if (unit.spec.kind === 'probe') return probeFilm(unit, film.source, { ports, ...bench })
  if (!film.report) throw new Error(`unit ${unit.name} has no report to work from`)
  const run = PERFORM[unit.spec.kind] as (spec: UnitSpec, at: Stage) => Promise<UnitOutput>
  return run(unit.spec, { source: film.source, report: film.report, unit, ports, watch: bench.watch })
}

interface Stage {
  readonly source: string
  readonly report: SourceReport
  readonly unit: Unit
  readonly ports: Ports
  readonly watch: Watch
}

const PERFORM: {
  [K in Exclude<UnitSpec['kind'], 'probe'>]: (
    spec: Extract<UnitSpec, { kind: K }>,
    at: Stage,
  ) => Promise<UnitOutput>
} = {
  video: async (spec, at) => {
    const made = await at.ports.media.video(
      task<VideoTask>(spec, at),
      storeInto(at.ports, at.unit, spec),
      at.watch,
    )
    return { kind: 'video', ...made }
  },
  audio: async (spec, at) => {
    const made = await at.ports.media.audio(
      task<AudioTask>(spec, at),
      storeInto(at.ports, at.unit, spec),
      at.watch,
    )
    return { kind: 'audio', track: made }
  },
  stills: async (spec, at) => {
    const preview = await previewOf(at.ports, at.unit)
    const wanted = { ...task<StillsTask>(spec, at), ...(preview ? { preview } : {}) }
    const made = await at.ports.media.stills(wanted, storeInto(at.ports, at.unit, spec), at.watch)
    return { kind: 'stills', ...made }
  },
}

const task = <T>(spec: UnitSpec, { source, report }: Stage): T => ({ ...spec, source, report }) as T

const SOURCE_URL_HOURS = 12

async function filmOf(unit: Unit, { db, storage, clock }: Ports) {
  const columns = {
    key: videos.sourceKey,
    report: videos.report,
    generation: videos.generation,
    deletedAt: videos.deletedAt,
  }
  const [row] = await db.select(columns).from(videos).where(eq(videos.id, unit.videoId))
  if (!row?.key || row.deletedAt || row.generation !== unit.generation) return undefined
  const expiresAt = new Date(clock.now().getTime() + SOURCE_URL_HOURS * 3_600_000)
  return { source: await storage.readUrl('uploads', row.key, expiresAt), report: row.report }
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
    if (spent) await markFailed(tx, ports, { work: unit, failure: workFailed(unit), emit })
  })
}
