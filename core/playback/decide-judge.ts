import type { Uses } from '../ports/ports.ts'
import type { UserId } from '../run/id.ts'
import { clientBlock } from './address-range.ts'
import type { Ask, Permit } from './ask.ts'
import type { Found } from './audit.ts'
import { type FilmFacts, filmFacts, type SessionRow } from './decide-facts.ts'
import { checkRights, checkSeen, checkStanding, isOwner, type Viewer } from './decide-film.ts'
import { askedKeys, checkKeys, labelsFor } from './decide-keys.ts'
import { foundOf, type Running, runningSession } from './decide-session.ts'
import { keepUntil, licenseSeconds } from './decide-terms.ts'
import { NO_PLAN, planOf, type ViewerPlan } from './plan.ts'
import { countAsk } from './rates.ts'
import { keepRefusal } from './recent-refusals.ts'
import { PlaybackRefused } from './refusals.ts'
import { beat, placesTaken } from './sessions.ts'
import { openSession } from './sessions-open.ts'
import { signPlaybackToken } from './token.ts'
import { placeOf } from './where.ts'

export type DecideNeeds = Uses<'db' | 'clock' | 'ids' | 'config' | 'secrets'>

/** A question with all that was found out about it. */
interface Case {
  readonly ask: Ask
  readonly running: Running | undefined
  readonly facts: FilmFacts
  readonly viewer: Viewer
}

/** All checks in their order; see `decide`. What comes out on the way is noted in `found`. */
export async function judge(uses: DecideNeeds, ask: Ask, found: Found): Promise<Permit> {
  const it = await caseOf(uses, ask, found)
  checkRights(it.facts, it.viewer)
  const { tooOften, taken, keys } = await lookUp(uses, it)
  if (tooOften) throw tooOften
  const session = it.running ? checkPlace(it, it.running, taken) : await begin(uses, it)
  Object.assign(found, foundOf(session))
  const labels = labelsFor(it.facts, it.viewer, ask.security)
  checkKeys(keys, labels)
  const keeping = ask.persist ? { persistUntil: keepUntil(uses, it.facts, it.viewer) } : {}
  return {
    video: it.facts.video,
    session: await permitted(uses, it, session),
    labels,
    licenseSeconds: licenseSeconds(uses, it.facts, it.viewer),
    ...keeping,
  }
}

/** Side by side: a licence waits for the database three times, and not for each of them in turn. */
async function lookUp(uses: DecideNeeds, it: Case) {
  const { userId } = it.viewer
  const before = it.running?.session
  const [tooOften, taken, keys] = await Promise.all([
    countAsk(uses, it.ask.door, whoCounts(it)),
    before && userId && takesPlace(it) ? placesTaken(uses.db, uses, { userId, before }) : 0,
    askedKeys(uses.db, it.facts.video, it.ask.keyIds ?? []),
  ])
  return { tooOften, taken, keys }
}

async function caseOf(uses: DecideNeeds, ask: Ask, found: Found): Promise<Case> {
  const running = await runningSession(uses, ask, found)
  const userId = running ? (running.session.userId ?? undefined) : actorIn(ask)
  found.userId = userId
  const [seen, place, paid] = await Promise.all([
    found.videoId && filmFacts(uses.db, found.videoId, userId),
    placeOf(uses, ask.request),
    running?.session.counts && userId ? planOf(uses, userId) : undefined,
  ])
  found.country = place.country
  const facts = checkSeen(seen || undefined, userId)
  standing(uses, facts, running)
  const plan = paid ?? (await planFor(uses, facts, { ask, userId }))
  return { ask, running, facts, viewer: { userId, place, plan, now: uses.clock.now() } }
}

const actorIn = ({ asker }: Ask): UserId | undefined =>
  asker.by === 'actor' ? asker.actor?.userId : undefined

function standing(uses: DecideNeeds, facts: FilmFacts, running: Running | undefined): void {
  if (running && facts.rules?.takenDownAt) keepRefusal(uses, running.session.id, 'taken-down')
  checkStanding(facts)
}

/** Looked up where it can open or withhold something. */
async function planFor(
  uses: DecideNeeds,
  { video }: FilmFacts,
  { ask, userId }: { ask: Ask; userId: UserId | undefined },
): Promise<ViewerPlan> {
  if (userId === undefined || isOwner(video, userId)) return NO_PLAN
  return video.visibility === 'subscribers' || ask.persist ? planOf(uses, userId) : NO_PLAN
}

const whoCounts = ({ ask, running, facts, viewer }: Case): string =>
  running?.session.id ?? `${viewer.userId ?? clientBlock(ask.request.clientIp)} ${facts.video.id}`

/** Watching for which one must pay takes a place. */
const takesPlace = ({ facts: { video }, viewer: { userId } }: Case): boolean =>
  video.visibility === 'subscribers' && !isOwner(video, userId)

/** A session keeps its place as long as the plan has that many: those that were there before it come first. */
function checkPlace(it: Case, { session }: Running, taken: number): SessionRow {
  if (!takesPlace(it)) return session
  // The film has become one for subscribers while it ran: whoever asks for it again takes a place.
  if (!session.counts) throw new PlaybackRefused('playback-ended')
  if (taken >= it.viewer.plan.screens) throw new PlaybackRefused('too-many-streams')
  return session
}

function begin(uses: DecideNeeds, it: Case): Promise<SessionRow> {
  const { asker, request } = it.ask
  const { device, actor } = asker.by === 'actor' ? asker : { device: undefined, actor: undefined }
  return openSession(uses, {
    videoId: it.facts.video.id,
    userId: it.viewer.userId,
    // Whoever names no device is on the one that they have signed in on.
    deviceId: device?.id ?? actor?.sessionId,
    deviceName: device?.name,
    playerId: device?.player,
    clientIp: request.clientIp,
    country: it.viewer.place.country,
    places: takesPlace(it) ? it.viewer.plan.screens : undefined,
  })
}

/** With the token that is good from now on: a heartbeat brings the next one. */
async function permitted(uses: DecideNeeds, it: Case, session: SessionRow): Promise<Permit['session']> {
  const { id, userId, deviceId } = session
  const { ask, running } = it
  const token = running?.token
  const keeps = token && (token.facts.inUrl || token.facts.number === session.tokenNumber)
  if (keeps && ask.door !== 'heartbeat')
    return { id, userId, deviceId, token: token.text, tokenExpiresAt: token.facts.expiresAt }
  const now = token && ask.door === 'heartbeat' ? await beat(uses, session, token.facts.number) : session
  if (!now) throw new PlaybackRefused('playback-ended')
  const bound = uses.config.playbackBindsAddress ? { clientIp: ask.request.clientIp } : {}
  const signed = { sessionId: id, videoId: session.videoId, number: now.tokenNumber, ...bound }
  return { id, userId, deviceId, ...(await signPlaybackToken(uses, signed)) }
}
