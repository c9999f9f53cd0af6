import type { HttpRequest } from '../../../core/http/request.ts'
import type { HttpResponse } from '../../../core/http/response.ts'
import { createRouter } from '../../../core/http/router.ts'
import { aRequest, jsonOf } from '../../../core/http/testing/request.ts'
import { authenticate } from '../../../core/identity/authenticate.ts'
import { identityRoutes } from '../../../core/identity/http.ts'
import { REFRESH_COOKIE } from '../../../core/identity/model.ts'
import type { Ports } from '../../../core/ports/ports.ts'
import type { AnyEvent } from '../../../events/catalog.ts'
import { openTestColumn } from './column.ts'

export type Sent = Partial<HttpRequest> & { json?: unknown; token?: string; cookie?: string }

/** What a client sees of one answer. */
export interface Seen {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Whole `Set-Cookie` values. */
  readonly cookies: readonly string[]
  /** The refresh token in the cookie that was set; empty where it was cleared. */
  readonly cookie: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: a client reads JSON as it comes; each test says what it expects
  readonly json: any
}

export interface Desk extends AsyncDisposable {
  readonly ports: Ports
  readonly published: readonly AnyEvent[]
  /** Moves the clock. */
  pass(seconds: number): void
  call(method: string, path: string, sent?: Sent): Promise<Seen>
}

/** The identity API over the local column: PostgreSQL, argon2id, keys in a folder, a clock that is moved by hand. */
export async function openDesk(config: Partial<Ports['config']> = {}): Promise<Desk> {
  const column = await openTestColumn({ config })
  const { ports, clock, ctx } = column
  const router = createRouter(identityRoutes, authenticate)
  return {
    ports,
    published: column.events,
    pass: (seconds) => clock.advance(seconds * 1000),
    call: async (method, path, sent = {}) =>
      seen(await router.handle(asRequest(method, path, sent), ports, ctx)),
    [Symbol.asyncDispose]: () => column[Symbol.asyncDispose](),
  }
}

function asRequest(method: string, path: string, { token, cookie, ...more }: Sent): HttpRequest {
  const bearer: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const cookies: Record<string, string> = cookie === undefined ? {} : { [REFRESH_COOKIE]: cookie }
  return aRequest(method, path, { ...more, cookies, headers: { ...bearer, ...more.headers } })
}

function seen(response: HttpResponse): Seen {
  const { status, headers = {}, cookies = [] } = response
  const cookie = cookies
    .map((line) => /^skyreel_refresh=([^;]*)/.exec(line)?.[1])
    .find((value) => value !== undefined)
  return {
    status,
    headers,
    cookies,
    cookie,
    json: typeof response.body === 'string' ? jsonOf(response) : undefined,
  }
}

let people = 0
/** Signs somebody up with an address that nobody has. */
export async function aUser(desk: Desk): Promise<{ email: string; password: string; tokens: Seen }> {
  people += 1
  const who = { email: `person${people}@example.com`, password: 'correct horse battery' }
  const tokens = await desk.call('POST', '/v1/signup', { json: who })
  if (tokens.status !== 201) throw new Error(`signup answered ${tokens.status}`)
  return { ...who, tokens }
}
