import type * as z from 'zod/mini'
import type { Uses } from '../ports/ports.ts'
import { wrongCredentials } from './problems.ts'
import { beginSession } from './session.ts'
import { findUserByEmail, replacePasswordHash, type UserRow } from './store.ts'
import type { Login, Tokens } from './wire.ts'

type Needs = Uses<'db' | 'secrets' | 'passwords' | 'clock' | 'config' | 'ids'>

/** Signs in with a password. Unknown mail and wrong password get the same 401 `wrong-credentials` for the same work. */
export async function login(ports: Needs, want: z.infer<typeof Login>): Promise<Tokens> {
  const user = await findUserByEmail(ports.db, want.email)
  if (!user) {
    // One hash costs what one verification costs: the time does not tell who has an account (ASVS 6.3.8).
    await ports.passwords.hash(want.password)
    throw wrongCredentials()
  }
  if (!(await ports.passwords.verify(user.passwordHash, want.password))) throw wrongCredentials()
  await renewHash(ports, user, want.password)
  return ports.db.transaction((tx) => beginSession(tx, ports, user))
}

async function renewHash({ db, passwords }: Needs, user: UserRow, password: string): Promise<void> {
  if (!passwords.outdated(user.passwordHash)) return
  const to = await passwords.hash(password)
  await replacePasswordHash(db, user.id, { from: user.passwordHash, to })
}
