import { forbidden, notFound } from '../http/problem.ts'
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
