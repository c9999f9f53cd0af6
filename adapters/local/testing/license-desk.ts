import { licenseRoutes } from '../../../core/drm/license-routes.ts'
import type { HttpRequest } from '../../../core/http/request.ts'
import type { HttpResponse } from '../../../core/http/response.ts'
import { createRouter } from '../../../core/http/router.ts'
import { aRequest, jsonOf } from '../../../core/http/testing/request.ts'
import type { Ports } from '../../../core/ports/ports.ts'
import type { SecretName } from '../../../core/ports/secrets.ts'
import type { Protection } from '../../../core/protection/model.ts'
import type { Context } from '../../../core/run/context.ts'
import type { UserId } from '../../../core/run/id.ts'
import type { VideoRow } from '../../../core/video/show.ts'
import type { ManualClock } from './clock.ts'
import { openTestColumn } from './column.ts'
import { type FairPlayModule, openFairPlayModule } from './fairplay-module.ts'
import type { MemoryLog } from './log.ts'
import { openPlayReadyServer, type PlayReadyServer } from './playready-server.ts'
import { aProtectedFilm, aSubscriber, type Film, type Viewing, view } from './protected-films.ts'
import { aPerson } from './rows.ts'
import { openWidevineServer, type WidevineServer } from './widevine-server.ts'

type Asked = Partial<Pick<HttpRequest, 'headers' | 'body' | 'clientIp'>> & { readonly token?: string }

/** The licence routes over a column with films that have keys, and with stand-ins for the three services. */
export interface LicenseDesk extends AsyncDisposable {
  readonly ports: Ports
  readonly ctx: Context
  readonly clock: ManualClock
  readonly log: MemoryLog
  readonly widevine: WidevineServer
  readonly playready: PlayReadyServer
  readonly fairplay: FairPlayModule
  /** Secrets that go before those of the column. */
  readonly secrets: Partial<Record<SecretName, string>>
  /** Somebody who pays for `premium-titles` and `hd`. */
  aSubscriber(): Promise<UserId>
  /** Public and ready, encrypted with a key for each label. */
  aFilm(facts?: Partial<VideoRow> & { readonly protection?: Exclude<Protection, 'clear'> }): Promise<Film>
  /** Opens a session. */
  view(film: Film, userId?: UserId): Promise<Viewing>
  ask(method: string, path: string, asked?: Asked): Promise<HttpResponse>
}

export async function openLicenseDesk(): Promise<LicenseDesk> {
  const stack = new AsyncDisposableStack()
  const column = stack.use(await openTestColumn())
  const widevine = stack.use(await openWidevineServer())
  const playready = stack.use(await openPlayReadyServer())
  const fairplay = stack.use(await openFairPlayModule())
  const secrets: Partial<Record<SecretName, string>> = {
    widevine: widevine.secret,
    playready: playready.secrets.entitlement,
    fairplay: fairplay.secret,
  }
  const get = async (name: SecretName) => secrets[name] ?? (await column.ports.secrets.get(name))
  const ports: Ports = { ...column.ports, secrets: { get } }
  const { ctx, clock, log } = column
  const router = createRouter(licenseRoutes, async () => undefined)
  const owner = await aPerson(ports.db)
  const outside = { ports, ctx, ownerId: owner.id }
  return {
    ...{ ports, ctx, clock, log, widevine, playready, fairplay, secrets },
    aSubscriber: () => aSubscriber(ports),
    aFilm: (facts = {}) => aProtectedFilm(outside, facts),
    view: (film, userId) => view(outside, film, userId && { userId }),
    ask: (method, path, { token, headers, ...rest } = {}) => {
      const [at = '', query = ''] = path.split('?')
      const carried: Record<string, string> = token === undefined ? {} : { 'x-skyreel-playback': token }
      const request = { query: new URLSearchParams(query), ...rest, headers: { ...carried, ...headers } }
      return router.handle(aRequest(method, at, request), ports, ctx)
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** `200`, or status and code of a problem: `403 foreign-key`. */
export function outcomeOf(answer: HttpResponse): string {
  if (answer.headers?.['content-type'] !== 'application/problem+json') return String(answer.status)
  return `${answer.status} ${(jsonOf(answer) as { code: string }).code}`
}

export const bytesOf = ({ body }: HttpResponse): Buffer => {
  if (typeof body === 'string') return Buffer.from(body)
  if (!(body instanceof Uint8Array)) throw new Error('the answer has no bytes')
  return Buffer.from(body)
}

/** A body of Clear Key for these keys. */
export const clearKeyBody = (keyIds: readonly string[], type = 'temporary'): Uint8Array =>
  Buffer.from(
    JSON.stringify({ kids: keyIds.map((id) => Buffer.from(id, 'hex').toString('base64url')), type }),
  )
