import { PREMIUM_TITLES } from '../billing/entitlements.ts'
import { can } from '../identity/can.ts'
import type { Actor } from '../run/actor.ts'
import type { UserId } from '../run/id.ts'
import { canPlay, FAILURES } from '../video/model.ts'
import type { VideoRow } from '../video/show.ts'
import type { FilmFacts, Opening } from './decide-facts.ts'
import type { RefusalReason } from './model.ts'
import type { ViewerPlan } from './plan.ts'
import { PlaybackRefused } from './refusals.ts'
import type { Place } from './where.ts'

export interface Viewer {
  readonly userId: UserId | undefined
  readonly plan: ViewerPlan
  readonly place: Place
  readonly now: Date
}

export const isOwner = ({ ownerId }: Pick<VideoRow, 'ownerId'>, userId: UserId | undefined): boolean =>
  userId === ownerId

/** Rules know a person by their id alone: that the sign-in holds was seen by whoever made the actor or the session. */
const actorOf = (userId: UserId | undefined): Actor | undefined =>
  userId === undefined ? undefined : { userId, sessionId: '' as Actor['sessionId'] }

/** Whoever may not see a film hears that there is none, whatever else is the matter with it. */
export function checkSeen(facts: FilmFacts | undefined, userId: UserId | undefined): FilmFacts {
  if (!facts || !can(actorOf(userId), 'video:read', facts.video)) throw new PlaybackRefused('not-found')
  return facts
}

/** Takedown holds for everybody, its owner too. */
export function checkStanding({ video, rules }: FilmFacts): void {
  if (rules?.takenDownAt) throw new PlaybackRefused('taken-down')
  if (canPlay(video.status)) return
  if (video.status !== 'failed')
    throw new PlaybackRefused('not-playable-yet', {
      detail: `The film is ${video.status}. It can be watched once it is playable.`,
    })
  throw new PlaybackRefused(
    'film-failed',
    video.failure ? { detail: FAILURES[video.failure.reason] } : undefined,
  )
}

/** Visibility and plan, window, country and network, age: in this order. The owner is asked none of it. */
export function checkRights(facts: FilmFacts, viewer: Viewer): void {
  if (isOwner(facts.video, viewer.userId)) return
  checkPlan(facts.video, viewer)
  checkWindow(facts, viewer.now)
  checkPlace(facts, viewer)
  checkAge(facts, viewer)
}

function checkPlan(video: VideoRow, { userId, plan }: Viewer): void {
  const entitled = plan.has(PREMIUM_TITLES)
  if (!can(actorOf(userId), 'video:play', { ...video, entitled }))
    throw new PlaybackRefused('subscription-required')
}

function checkWindow({ rules, windows }: FilmFacts, now: Date): void {
  const late = rules ? lateness(rules, now) : undefined
  if (late) throw new PlaybackRefused(late)
  if (windows.length === 0 || windows.some((one) => !lateness(one, now))) return
  const coming = windows.some((one) => lateness(one, now) === 'not-open-yet')
  throw new PlaybackRefused(coming ? 'not-open-yet' : 'no-longer-open')
}

type Lateness = Extract<RefusalReason, 'not-open-yet' | 'no-longer-open'>

function lateness(
  { startsAt, endsAt }: Pick<Opening, 'startsAt' | 'endsAt'>,
  now: Date,
): Lateness | undefined {
  if (startsAt && startsAt > now) return 'not-open-yet'
  return endsAt && endsAt <= now ? 'no-longer-open' : undefined
}

/** A country that is not known is outside of every country that is named. */
function checkPlace({ rules, windows }: FilmFacts, { place, now }: Viewer): void {
  const { country, anonymous } = place
  const isIn = (countries: readonly string[]) => country !== undefined && countries.includes(country)
  const open = windows.filter((one) => !lateness(one, now))
  const shownHere = open.length === 0 || open.some((one) => one.countries === null || isIn(one.countries))
  const allowed = !rules?.countries || isIn(rules.countries)
  const forbidden = rules?.notCountries && (country === undefined || isIn(rules.notCountries))
  if (!shownHere || !allowed || forbidden) throw new PlaybackRefused('not-in-your-country')
  if (rules?.refuseAnonymous && anonymous) throw new PlaybackRefused('anonymous-network')
}

function checkAge({ rules, age }: FilmFacts, { userId }: Viewer): void {
  const least = rules?.minAge
  if (least === undefined || least === null) return
  if (userId === undefined)
    throw new PlaybackRefused('sign-in-required', { detail: 'Sign in: this film is not for every age.' })
  if (age === undefined || age < least) throw new PlaybackRefused('age-restricted')
}

/** When the rights to the film end for this viewer; `undefined` for never. */
export function rightsEnd(
  { video, rules, windows }: FilmFacts,
  { userId, now, place }: Viewer,
): Date | undefined {
  if (isOwner(video, userId)) return undefined
  const here = ({ countries }: Opening) =>
    countries === null || (place.country !== undefined && countries.includes(place.country))
  const open = windows.filter((one) => !lateness(one, now) && here(one))
  const ends = open.map(({ endsAt }) => endsAt?.getTime() ?? Number.POSITIVE_INFINITY)
  const windowEnd = ends.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...ends)
  const end = Math.min(windowEnd, rules?.endsAt?.getTime() ?? Number.POSITIVE_INFINITY)
  return Number.isFinite(end) ? new Date(end) : undefined
}
