import { json, noContent, ok } from '../http/response.ts'
import { type Route, route } from '../http/route.ts'
import { bearerToken } from './authenticate.ts'
import { clearedCookie, readRefreshCookie, refreshCookie } from './cookie.ts'
import { login } from './login.ts'
import { logout } from './logout.ts'
import { me } from './me.ts'
import { refreshMissing } from './problems.ts'
import { refresh } from './refresh.ts'
import { signup } from './signup.ts'
import { tokenKeys } from './token-keys.ts'
import { KeySet, Login, Refresh, Refreshed, Signup, Tokens, User } from './wire.ts'

const tag = 'Identity'
/** Tokens in an answer must stay out of every cache (RFC 6749 5.1). */
const NO_STORE = { 'cache-control': 'no-store' }

export const identityRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/signup',
    tag,
    access: 'public',
    summary: 'Make an account and sign in',
    description:
      'Browsers also get the refresh token in an HttpOnly cookie. Passwords have 8 to 128 characters, any characters, ' +
      'with no further rules.',
    body: Signup,
    answers: { 201: { description: 'Signed in', schema: Tokens } },
    problems: {
      'email-taken': '409: There is an account with this e-mail address.',
      'signup-closed': '403: New accounts cannot be made here at present.',
    },
    handler: async ({ body }, ports, ctx) => {
      const tokens = await signup(ports, ctx, body)
      const cookies = [refreshCookie(ports, tokens.refreshToken)]
      return { ...json(201, tokens, { ...NO_STORE, location: '/v1/me' }), cookies }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/login',
    tag,
    access: 'public',
    summary: 'Sign in with e-mail and password',
    body: Login,
    answers: { 200: { description: 'Signed in', schema: Tokens } },
    problems: {
      'wrong-credentials': '401: The e-mail address or the password is wrong; which, is not told.',
    },
    handler: async ({ body }, ports) => {
      const tokens = await login(ports, body)
      return { ...ok(tokens, NO_STORE), cookies: [refreshCookie(ports, tokens.refreshToken)] }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/refresh',
    tag,
    access: 'public',
    summary: 'Exchange a refresh token for fresh tokens',
    description:
      'The refresh token comes in the body, or from a browser in the cookie `skyreel_refresh` with the body `{}`. Each works ' +
      'once; the answer brings the next one. Repeating a call within 10 seconds gets the same tokens again, so a lost ' +
      'answer or two tabs do no harm. A used token that comes later ends the session.',
    body: Refresh,
    answers: { 200: { description: 'Fresh tokens', schema: Refreshed } },
    problems: {
      'refresh-missing': '401: No refresh token came.',
      'refresh-invalid': '401: The refresh token is unknown.',
      'refresh-reused': '401: The refresh token was used before; the session has been ended.',
      'session-ended': '401: The session was signed out, or its time is over.',
      'refresh-repeated': '409: It was exchanged a moment ago and its successor too: use the newest one.',
    },
    handler: async ({ body, request }, ports, ctx) => {
      const token = body.refreshToken ?? readRefreshCookie(request)
      if (token === undefined) throw refreshMissing()
      const { refreshToken, ...rest } = await refresh(ports, ctx, token)
      const answer = body.refreshToken === undefined ? rest : { ...rest, refreshToken }
      return { ...ok(answer, NO_STORE), cookies: [refreshCookie(ports, refreshToken)] }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/logout',
    tag,
    access: 'public',
    summary: 'Sign out',
    description:
      'Ends the session of the access token (also an expired one) and of the refresh cookie, and clears the cookie. ' +
      'Repeating it changes nothing.',
    answers: { 204: { description: 'Signed out' } },
    problems: { 'token-invalid': '401: The access token is not one of ours.' },
    handler: async ({ request }, ports) => {
      await logout(ports, { accessToken: bearerToken(request), refreshToken: readRefreshCookie(request) })
      return noContent([clearedCookie(ports)])
    },
  }),
  route({
    method: 'GET',
    path: '/v1/me',
    tag,
    access: 'user',
    summary: 'Who am I',
    answers: { 200: { description: 'The signed-in user', schema: User } },
    handler: async ({ actor }, ports) => ok(await me(ports, actor), { 'cache-control': 'private, no-store' }),
  }),
  route({
    method: 'GET',
    path: '/.well-known/jwks.json',
    tag,
    access: 'public',
    summary: 'Public keys that verify access tokens',
    answers: { 200: { description: 'A JSON web key set', schema: KeySet } },
    handler: async (_, ports) => {
      const { published } = await tokenKeys(ports)
      return ok({ keys: published }, { 'cache-control': 'public, max-age=300' })
    },
  }),
]
