import type { Ports } from '../ports/ports.ts'
import { markEditionFailed } from '../protection/fail-edition.ts'
import { settleEdition } from '../protection/publish-edition.ts'
import type { Context } from '../run/context.ts'
import { commit } from '../run/emit.ts'
import { failFilm, workFailed } from './fail.ts'
import { publishIfDue } from './publish.ts'
import { runUnit } from './run-unit.ts'
import { claimUnit, type Unit, unitStates, type Work } from './unit-store.ts'

const WAIT_FOR_OTHERS_MS = 1000

/**
 * The transcode job: takes unit after unit of one film until none is left, and publishes what became watchable.
 * Any number of workers may run it for the same film; a killed one loses at most the units that it holds.
 */
export async function transcode(work: Work, ports: Ports, ctx: Context): Promise<void> {
  await settle(work, ports, ctx)
  const hands = Array.from({ length: ports.config.unitsAtOnce }, () => workThrough(work, ports, ctx))
  await Promise.all(hands)
  await failIfUnitsFailed(work, ports, ctx)
}

async function settle(work: Work, ports: Ports, ctx: Context): Promise<void> {
  await publishIfDue(ports, ctx, work)
  await settleEdition(ports, ctx, work)
}

/** A failed unit fails its film in the same transaction; this is for a film whose rows say otherwise for any reason. */
async function failIfUnitsFailed(work: Work, ports: Ports, ctx: Context): Promise<void> {
  const states = await unitStates(ports.db, work)
  if (states.some((unit) => unit.state === 'leased' || unit.state === 'waiting')) return
  // One that protects fails its edition alone.
  const failed = states.find(({ state, name }) => state === 'failed' && !name.startsWith('protect/'))
  if (failed) await failFilm(ports, ctx, work, workFailed(failed))
}

async function workThrough(work: Work, ports: Ports, ctx: Context): Promise<void> {
  while (!ctx.signal.aborted) {
    const unit = await claimUnit(ports, work)
    if (unit) await doUnit(unit, ports, ctx)
    else if (await othersAtWork(work, ports)) await ports.clock.sleep(WAIT_FOR_OTHERS_MS, ctx.signal)
    else return
  }
}

/** A unit that keeps killing its worker never comes to tell of an error: beyond this many claims the film is given up. */
const CLAIMS_AN_ATTEMPT = 4
/** Between two tries of a failed unit, times the tries so far: what failed for a moment should not fail three times in it. */
const RETRY_AFTER_MS = 1000

async function doUnit(unit: Unit, ports: Ports, ctx: Context): Promise<void> {
  const log = ctx.log.with({ video: unit.videoId, unit: unit.name, attempt: unit.attempts })
  if (unit.attempts > ports.config.unitAttempts * CLAIMS_AN_ATTEMPT) {
    log.error('unit was claimed too often without an end')
    return giveUp(unit, ports, ctx)
  }
  const succeeded = await runUnit(unit, ports, { ...ctx, log })
  if (succeeded) await settle(unit, ports, ctx)
  else await ports.clock.sleep(RETRY_AFTER_MS * unit.attempts, ctx.signal)
}

/** A film that plays already goes on playing. */
async function giveUp(unit: Unit, ports: Ports, ctx: Context): Promise<void> {
  const { spec } = unit
  if (spec.kind !== 'protect') return failFilm(ports, ctx, unit, workFailed(unit))
  await commit(ports, ctx, (tx) => markEditionFailed(tx, ports, { work: unit, edition: spec.edition }))
}

/** Somebody else's unit may come back to us: its lease can run out, or its end can bring new units (the probe's plan). */
async function othersAtWork(work: Work, ports: Ports): Promise<boolean> {
  return (await unitStates(ports.db, work)).some(
    (unit) => unit.state === 'leased' || unit.state === 'waiting',
  )
}
