import { forbidden, notFound } from '../http/problem.ts'
import { can, type TitleAction } from '../identity/can.ts'
import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import { isId } from '../run/id.ts'
import { findTitle, type ViewedTitle } from './store.ts'
import { viewingNow } from './viewing.ts'

/** The title, where the actor may do this with it. 404 for what they may not even see: its existence is private too. */
export async function titleFor(
  uses: Uses<'db' | 'clock'>,
  actor: Actor | undefined,
  action: TitleAction,
  id: string | undefined,
): Promise<ViewedTitle> {
  const row = id !== undefined && isId('ttl', id) ? await findTitle(uses.db, id, viewingNow(uses)) : undefined
  if (!row || !can(actor, 'title:read', row)) throw notFound('title')
  if (!can(actor, action, row)) throw forbidden('Only the owner may do this with the title.')
  return row
}
