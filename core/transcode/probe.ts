import { and, eq } from 'drizzle-orm'
import { makeContentKeys } from '../drm/content-keys.ts'
import type { Transaction } from '../ports/database.ts'
import type { SourceReport, Watch } from '../ports/media.ts'
import type { Ports } from '../ports/ports.ts'
import { type KeyLabel, keyLabelOf, type Protection } from '../protection/model.ts'
import { labelsOf } from '../protection/plan.ts'
import type { Context } from '../run/context.ts'
import { commit } from '../run/emit.ts'
import { isOn } from '../run/flag-store.ts'
import { videos } from '../video/schema.ts'
import { failFilm } from './fail.ts'
import { type PlannedUnit, planFilm } from './plan.ts'
import type { UnitOutput, UnitSpec } from './unit.ts'
import { addUnits, finishUnit, type Unit } from './unit-store.ts'

/** The first unit of every film: looks into it, then either refuses it with a reason or plans the rest, in one transaction with its own end. */
export async function probeFilm(
  unit: Unit,
  source: string,
  at: { ports: Ports; ctx: Context; watch: Watch },
): Promise<UnitOutput | undefined> {
  const { ports, ctx } = at
  const found = await ports.media.probe(source, at.watch)
  if ('refused' in found) {
    await failFilm(ports, ctx, unit, found.refused)
    return undefined
  }
  const planned = planFilm(found.report, { topRungs: await isOn(ports, 'top-rungs') })
  const lease = { unitId: unit.id, token: unit.leaseToken ?? '' }
  await commit(ports, ctx, async (tx) => {
    if (!(await finishUnit(tx, ports, lease, { kind: 'probe' }))) return
    const [film] = await tx
      .update(videos)
      .set(facts(found.report, ports))
      .where(and(eq(videos.id, unit.videoId), eq(videos.generation, unit.generation)))
      .returning({ protection: videos.protection })
    await makeKeys(tx, ports, { unit, planned, protection: film?.protection ?? 'clear' })
    await addUnits(tx, ports, unit, planned)
  })
  return undefined
}

interface Plan {
  readonly unit: Unit
  readonly planned: readonly PlannedUnit[]
  readonly protection: Protection
}

/** A protected film never lies in the clear: its keys are there before the first unit that needs them. */
async function makeKeys(tx: Transaction, ports: Ports, { unit, planned, protection }: Plan): Promise<void> {
  if (protection === 'clear') return
  const { videoId, generation } = unit
  const labels = labelsOf(planned.flatMap(({ spec }) => labelled(spec)))
  await makeContentKeys(tx, ports, { videoId, generation, edition: 0, protection, labels })
}

function labelled(spec: UnitSpec): { label: KeyLabel }[] {
  if (spec.kind === 'audio') return [{ label: 'AUDIO' }]
  return spec.kind === 'video' ? spec.rungs.map((rung) => ({ label: keyLabelOf(rung) })) : []
}

function facts(report: SourceReport, { clock }: Pick<Ports, 'clock'>) {
  const { video, durationSeconds, warnings } = report
  const size = video ? { width: video.displayWidth, height: video.displayHeight } : {}
  return { report, durationSeconds, warnings: [...warnings], ...size, updatedAt: clock.now() }
}
