import { PREMIUM_TITLES } from '../billing/entitlements.ts'
import type { Uses } from '../ports/ports.ts'
import type { FilmFacts } from './decide-facts.ts'
import { isOwner, rightsEnd, type Viewer } from './decide-film.ts'
import { PlaybackRefused } from './refusals.ts'

/** Opens what a viewer may keep on a device. */
export const OFFLINE = 'offline'
const OFFLINE_MS = 30 * 86_400_000

/** How long a licence is good: the least of the setting, the rights and what is paid for; one second at least. */
export function licenseSeconds({ config }: Uses<'config'>, facts: FilmFacts, viewer: Viewer): number {
  const paid = facts.video.visibility === 'subscribers' ? viewer.plan.paidUntil(PREMIUM_TITLES) : undefined
  const ends = [rightsEnd(facts, viewer), paid].filter((end) => end !== undefined)
  const left = ends.map((end) => Math.floor((end.getTime() - viewer.now.getTime()) / 1000))
  return Math.max(1, Math.min(config.licenseSeconds, ...left))
}

/** Until when a licence may be kept. Refuses where the film's rules or the viewer's plan do not have it. */
export function keepUntil({ config }: Uses<'config'>, facts: FilmFacts, viewer: Viewer): Date {
  const { plan, now, userId } = viewer
  const owner = isOwner(facts.video, userId)
  if (!facts.rules?.allowOffline || !(owner || plan.has(OFFLINE)))
    throw new PlaybackRefused('offline-not-allowed')
  // A plan whose paid time is over and that still opens is good for a licence, not for a month.
  const paidUntil = (feature: string) =>
    plan.paidUntil(feature)?.getTime() ?? now.getTime() + config.licenseSeconds * 1000
  // One plan may open the film and another let it be kept: the film goes with the first that ends.
  const opens = facts.video.visibility === 'subscribers' ? [OFFLINE, PREMIUM_TITLES] : [OFFLINE]
  const ends = [...(owner ? [] : opens.map(paidUntil)), rightsEnd(facts, viewer)?.getTime()]
  return new Date(Math.min(now.getTime() + OFFLINE_MS, ...ends.filter((end) => end !== undefined)))
}
