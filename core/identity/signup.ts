import type * as z from 'zod/mini'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { commit } from '../run/emit.ts'
import { isOn } from '../run/flag-store.ts'
import { idFromUuid } from '../run/id.ts'
import { nameFromEmail } from './model.ts'
import { emailTaken, signupClosed } from './problems.ts'
import { beginSession } from './session.ts'
import { insertUser, type UserRow } from './store.ts'
import type { Signup, Tokens } from './wire.ts'

type Needs = Uses<'db' | 'bus' | 'secrets' | 'passwords' | 'clock' | 'config' | 'ids'>

/** Makes an account and signs it in; user, session and event commit together. Throws 409 `email-taken`, 403 `signup-closed`. */
export async function signup(ports: Needs, ctx: Context, want: z.infer<typeof Signup>): Promise<Tokens> {
  if (!(await isOn(ports, 'open-signup'))) throw signupClosed()
  const user = await newUser(ports, want)
  return commit(ports, ctx, async (tx, emit) => {
    if (!(await insertUser(tx, user))) throw emailTaken()
    await emit({ type: 'user.registered', subject: user.id, data: { userId: user.id } })
    return beginSession(tx, ports, user)
  })
}

/** Hashes before the transaction begins: 20 ms of argon2 should hold no connection. */
async function newUser(ports: Needs, want: z.infer<typeof Signup>): Promise<UserRow> {
  return {
    id: idFromUuid('usr', ports.ids.uuid()),
    email: want.email,
    name: want.name ?? nameFromEmail(want.email),
    passwordHash: await ports.passwords.hash(want.password),
    createdAt: ports.clock.now(),
  }
}
