import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import { sessionEnded } from './problems.ts'
import { toUser } from './session.ts'
import { findSignedIn } from './store.ts'
import type { User } from './wire.ts'

/** The user who asks. Throws 401 `session-ended` from the moment of the sign-out. */
export async function me({ db, clock }: Uses<'db' | 'clock'>, actor: Actor): Promise<User> {
  const user = await findSignedIn(db, actor, clock.now())
  if (!user) throw sessionEnded()
  return toUser(user)
}
