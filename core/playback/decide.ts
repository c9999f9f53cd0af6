import type { Context } from '../run/context.ts'
import { isId } from '../run/id.ts'
import type { Ask, Permit } from './ask.ts'
import { type Found, recordDecision } from './audit.ts'
import { type DecideNeeds, judge } from './decide-judge.ts'
import { inTime } from './in-time.ts'
import { PlaybackRefused } from './refusals.ts'

export type { DecideNeeds } from './decide-judge.ts'

/** Under the two seconds in which a question is answered. What the judging leaves is the record's. */
const DECIDE_MS = 1950
const JUDGE_MS = 1500

/**
 * Whether this may be played: the one decision that every door asks. Throws `PlaybackRefused` with the first reason of, in this
 * order: token, film, takedown, status, visibility and plan, window, country and network, age, rate, devices, places, keys and
 * their quality, keeping. Answers within two seconds; whatever fails or takes longer is `decision-unavailable`. Of several keys
 * the door may hand out those of `labels` alone. Each call is a row of `playback_decisions`; without that row nothing opens.
 */
export async function decide(uses: DecideNeeds, ctx: Context, ask: Ask): Promise<Permit> {
  const found = claimed(ask)
  const within = <T>(ms: number, work: () => Promise<T>) =>
    inTime(uses, { ms, signal: ctx.signal }, work).catch((error: unknown) => refusalOf(ctx, ask, error))
  const begun = uses.clock.now().getTime()
  const verdict = await within(JUDGE_MS, () => judge(uses, ask, found))
  const refusal = verdict instanceof PlaybackRefused ? verdict.reason : undefined
  const left = begun + DECIDE_MS - uses.clock.now().getTime()
  const recorded = await within(left, () => recordDecision(uses, ctx, { ask, found, refusal }))
  if (verdict instanceof PlaybackRefused) throw verdict
  if (recorded instanceof PlaybackRefused) throw recorded
  return verdict
}

/** What a question says by itself; the session's own facts take its place. */
function claimed({ videoId, asker }: Ask): Found {
  const device = asker.by === 'actor' ? asker.device : undefined
  return {
    ...(videoId !== undefined && isId('vid', videoId) && { videoId }),
    ...(device && { deviceId: device.id }),
  }
}

function refusalOf(ctx: Context, { door }: Ask, error: unknown): PlaybackRefused {
  if (error instanceof PlaybackRefused) return error
  ctx.log.error('a playback decision failed', { door, error })
  return new PlaybackRefused('decision-unavailable', {}, { cause: error })
}
