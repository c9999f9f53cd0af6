import { hasFeature, PREMIUM_TITLES } from '../billing/entitlements.ts'
import { forbidden, notFound, Problem } from '../http/problem.ts'
import { type Action, can } from '../identity/can.ts'
import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import { isId } from '../run/id.ts'
import type { VideoRow } from './show.ts'
import { findVideo } from './store.ts'

/** The video, where the actor may do this with it. 404 for what they may not even see: its existence is private too. */
export async function videoFor(
  uses: Uses<'db'>,
  actor: Actor | undefined,
  action: Action,
  id: string | undefined,
): Promise<VideoRow> {
  const row = id !== undefined && isId('vid', id) ? await findVideo(uses.db, id) : undefined
  if (!row || !can(actor, 'video:read', row)) throw notFound('video')
  if (!can(actor, action, row)) throw forbidden('Only the owner may do this with the video.')
  return row
}

/**
 * The video with all that opens its film. 402 for a film for subscribers whose plan does not have it: that the film is there
 * everybody may know. What is paid for is looked up for such a film alone, and not for its owner.
 */
export async function videoToPlay(
  uses: Uses<'db' | 'clock'>,
  actor: Actor | undefined,
  id: string | undefined,
): Promise<VideoRow> {
  const row = await videoFor(uses, actor, 'video:read', id)
  if (!(await mayPlay(uses, actor, row))) throw subscriptionRequired()
  return row
}

/** Whether the actor may have what opens the film, as far as they may see it at all. */
export async function mayPlay(
  uses: Uses<'db' | 'clock'>,
  actor: Actor | undefined,
  row: Pick<VideoRow, 'ownerId' | 'visibility' | 'status'>,
): Promise<boolean> {
  if (can(actor, 'video:play', row)) return true
  if (row.visibility !== 'subscribers') return false
  return can(actor, 'video:play', { ...row, entitled: await hasFeature(uses, actor, PREMIUM_TITLES) })
}

const subscriptionRequired = () =>
  new Problem({
    status: 402,
    code: 'subscription-required',
    title: 'For subscribers',
    detail: 'This film is for subscribers. The plans that have it are at /plans/.',
  })
