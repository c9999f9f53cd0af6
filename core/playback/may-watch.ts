import type { HttpRequest } from '../http/request.ts'
import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import type { VideoRow } from '../video/show.ts'
import { filmFacts } from './decide-facts.ts'
import { checkRights, checkSeen, checkStanding, isOwner } from './decide-film.ts'
import { NO_PLAN, planOf } from './plan.ts'
import { PlaybackRefused } from './refusals.ts'
import { placeOf } from './where.ts'

/**
 * Whether captions and storyboard may be shown, which tell what happens in the film: to whom the film would be played. Opens no
 * session and no film, and is no decision.
 */
export async function mayWatch(
  uses: Uses<'db' | 'clock' | 'config'>,
  { actor, request, video }: { actor: Actor | undefined; request: HttpRequest; video: VideoRow },
): Promise<boolean> {
  const userId = actor?.userId
  if (isOwner(video, userId)) return true
  const isPaidFor = video.visibility === 'subscribers' && userId !== undefined
  const [facts, place, plan] = await Promise.all([
    filmFacts(uses.db, video.id, userId),
    placeOf(uses, request),
    isPaidFor ? planOf(uses, userId) : NO_PLAN,
  ])
  return passes(() => {
    const seen = checkSeen(facts, userId)
    checkStanding(seen)
    checkRights(seen, { userId, place, plan, now: uses.clock.now() })
  })
}

function passes(check: () => void): boolean {
  try {
    check()
    return true
  } catch (error) {
    if (error instanceof PlaybackRefused) return false
    throw error
  }
}
