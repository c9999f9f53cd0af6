import { signal } from '@preact/signals'
import type { Tokens, User } from '../../../core/identity/wire.ts'
import { type Ask, ask } from './http.ts'
import { hasStatus } from './problem.ts'

/** Who is signed in; `undefined` while that is being found out, `null` for nobody. */
export const user = signal<User | null | undefined>(undefined)

// The access token lives in memory alone: a script from elsewhere finds nothing in the browser's storage.
let accessToken: string | undefined
// Only tells whether asking for a refresh is worth a request; the token itself is in an HttpOnly cookie.
const HINT = 'skyreel.signed-in'

/** Finds out who is signed in, through the refresh cookie. Throws `Unreachable` and leaves `user` undefined. */
export async function restoreSession(): Promise<void> {
  if (localStorage.getItem(HINT) === null) user.value = null
  else await refresh()
}

export async function signUp(who: { email: string; password: string; name?: string }): Promise<void> {
  await enter(await ask({ method: 'POST', path: '/v1/signup', json: who }))
}
export async function signIn(who: { email: string; password: string }): Promise<void> {
  await enter(await ask({ method: 'POST', path: '/v1/login', json: who }))
}
export async function signOut(): Promise<void> {
  await authorized({ method: 'POST', path: '/v1/logout', json: {} })
  leave()
}

/** Asks with the access token; where it has expired, renews it and asks once more. */
export async function authorized(request: Ask): Promise<Response> {
  const used = accessToken
  try {
    return await ask(request, used)
  } catch (error) {
    if (used === undefined || !hasStatus(error, 401)) throw error
    if (accessToken === used) await refresh()
    if (accessToken === undefined) throw error
    return await ask(request, accessToken)
  }
}

let refreshing: Promise<void> | undefined
/** One renewal at a time, over all tabs too: using a rotated refresh token twice ends the session. */
function refresh(): Promise<void> {
  refreshing ??= navigator.locks.request('skyreel-refresh', renew).finally(() => {
    refreshing = undefined
  })
  return refreshing
}

async function renew(): Promise<void> {
  try {
    await enter(await ask({ method: 'POST', path: '/v1/refresh', json: {} }))
  } catch (error) {
    if (!hasStatus(error, 401)) throw error
    leave()
  }
}

async function enter(response: Response): Promise<void> {
  const tokens = (await response.json()) as Tokens
  accessToken = tokens.accessToken
  localStorage.setItem(HINT, '1')
  user.value = tokens.user
}

function leave(): void {
  accessToken = undefined
  localStorage.removeItem(HINT)
  user.value = null
}
