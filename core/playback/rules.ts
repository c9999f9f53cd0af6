import { eq } from 'drizzle-orm'
import { type FieldError, invalid } from '../http/problem.ts'
import type { Db } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { VideoId } from '../run/id.ts'
import { lockVideo } from '../video/lock.ts'
import type { RulesRow } from './decide-facts.ts'
import { forgetRefusals } from './recent-refusals.ts'
import { playbackRules } from './schema.ts'
import type { PlaybackRules, PlaybackRulesChange } from './wire.ts'

async function findRules(db: Db, videoId: VideoId): Promise<RulesRow | undefined> {
  return (await db.select().from(playbackRules).where(eq(playbackRules.videoId, videoId)))[0]
}

/** The film's rules; those that let everything through where it has none. */
export async function rulesOf({ db }: Uses<'db'>, videoId: VideoId): Promise<PlaybackRules> {
  return showRules(await findRules(db, videoId))
}

/** Replaces all rules of the film; what is left out is none. They hold from the next decision on. */
export async function replaceRules(
  uses: Uses<'db' | 'clock'>,
  videoId: VideoId,
  change: PlaybackRulesChange,
): Promise<PlaybackRules> {
  const errors = contradictions(change)
  if (errors.length > 0) throw invalid(errors)
  const row = await uses.db.transaction(async (tx) => {
    await lockVideo(tx, videoId)
    const since = (await findRules(tx, videoId))?.takenDownAt ?? uses.clock.now()
    const set = rowOf(change, { now: uses.clock.now(), since })
    const target = playbackRules.videoId
    await tx
      .insert(playbackRules)
      .values({ videoId, ...set })
      .onConflictDoUpdate({ target, set })
    return { videoId, ...set }
  })
  forgetRefusals(uses)
  return showRules(row)
}

function contradictions({ startsAt, endsAt, ...rules }: PlaybackRulesChange): FieldError[] {
  const { countries = [], notCountries = [], takenDown, takenDownFor } = rules
  const both = countries.filter((code) => notCountries.includes(code))
  return [
    ...(startsAt !== undefined && endsAt !== undefined && Date.parse(endsAt) <= Date.parse(startsAt)
      ? [{ field: 'body.endsAt', rule: 'order', message: 'must be after startsAt' }]
      : []),
    ...(both.length > 0
      ? [
          {
            field: 'body.notCountries',
            rule: 'contradiction',
            message: `countries allows ${both.join(', ')}`,
          },
        ]
      : []),
    ...(takenDownFor !== undefined && takenDown !== true
      ? [{ field: 'body.takenDownFor', rule: 'contradiction', message: 'goes with takenDown alone' }]
      : []),
  ]
}

function rowOf(change: PlaybackRulesChange, { now, since }: { now: Date; since: Date }) {
  const date = (text: string | undefined) => (text === undefined ? null : new Date(text))
  const { takenDown = false, takenDownFor } = change
  return {
    startsAt: date(change.startsAt),
    endsAt: date(change.endsAt),
    countries: change.countries ?? null,
    notCountries: change.notCountries ?? null,
    refuseAnonymous: change.refuseAnonymous ?? false,
    minAge: change.minAge ?? null,
    allowOffline: change.allowOffline ?? false,
    hardwareForHd: change.hardwareForHd ?? false,
    takenDownAt: takenDown ? since : null,
    takenDownFor: takenDown ? (takenDownFor ?? null) : null,
    updatedAt: now,
  }
}

function showRules(row: RulesRow | undefined): PlaybackRules {
  return {
    refuseAnonymous: row?.refuseAnonymous ?? false,
    allowOffline: row?.allowOffline ?? false,
    hardwareForHd: row?.hardwareForHd ?? false,
    takenDown: row?.takenDownAt != null,
    ...present({
      startsAt: row?.startsAt?.toISOString(),
      endsAt: row?.endsAt?.toISOString(),
      countries: row?.countries,
      notCountries: row?.notCountries,
      minAge: row?.minAge,
      takenDownAt: row?.takenDownAt?.toISOString(),
      takenDownFor: row?.takenDownFor,
    }),
  }
}

/** Drops what is not there. */
function present<T extends Record<string, unknown>>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const there = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(there) as { [K in keyof T]?: NonNullable<T[K]> }
}
