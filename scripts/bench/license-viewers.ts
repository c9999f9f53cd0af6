import { join } from 'node:path'
import { localConfig } from '../../adapters/local/config.ts'
import { openDatabase } from '../../adapters/local/database.ts'
import { openLocalKeyVault } from '../../adapters/local/key-vault.ts'
import { openLocalSecrets } from '../../adapters/local/secrets.ts'
import { aProtectedFilm, type Film, view } from '../../adapters/local/testing/protected-films.ts'
import { aPerson } from '../../adapters/local/testing/rows.ts'
import { systemClock } from '../../adapters/node/clock.ts'
import { openIds } from '../../adapters/node/ids.ts'
import { openLog } from '../../adapters/node/log.ts'
import { licenseRoutes } from '../../core/drm/license-routes.ts'
import { createRouter } from '../../core/http/router.ts'
import type { LicenseServers } from '../../core/ports/license-servers.ts'
import type { Ports } from '../../core/ports/ports.ts'
import type { Context } from '../../core/run/context.ts'
import { WIDEVINE_SECRET } from './license-signing.ts'

export const CONNECTIONS = 16
/** Within what a session may ask for in a minute. */
export const LICENSES_EACH = 50

/** One licence that a player asks for. */
export interface LicenseAsked {
  readonly path: string
  readonly token: string
  readonly body: Uint8Array
}

export interface Viewers extends AsyncDisposable {
  readonly film: Film
  /** So many new sessions of as many viewers; their tokens. */
  open(count: number): Promise<readonly string[]>
  /**
   * Through the router and the whole handler. False where the decision did not come in time and so was closed, as on a machine
   * that has other work; throws for anything else but 200.
   */
  ask(asked: LicenseAsked): Promise<boolean>
}

/** The licence function over a database, with a film that has four keys. */
export async function openViewers(url: string, home: string): Promise<Viewers> {
  const database = openDatabase(url, { connections: CONNECTIONS })
  const secrets = openLocalSecrets(join(home, 'secrets'), { widevine: WIDEVINE_SECRET })
  const ports = {
    ...{ db: database.db, clock: systemClock, ids: openIds(), config: localConfig('http://localhost') },
    ...{ secrets, keyVault: openLocalKeyVault({ secrets }), licenseServers: atOnce },
  } as unknown as Ports
  const { signal } = new AbortController()
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const ctx: Context = {
    requestId: 'bench',
    traceparent,
    signal,
    log: openLog({ level: 'error', write: () => undefined }),
  }
  const film = await aProtectedFilm({ ports, ownerId: (await aPerson(ports.db)).id })
  const router = createRouter(licenseRoutes, async () => undefined)
  let viewers = 0
  const open = async (count: number) => {
    const tokens: string[] = []
    for (let n = 0; n < count; n++)
      tokens.push((await view({ ports, ctx }, film, { clientIp: address(viewers++) })).token)
    return tokens
  }
  const ask = async ({ path, token, body }: LicenseAsked) => {
    const { status } = await router.handle(
      { ...REQUEST, path, body, headers: { 'x-skyreel-playback': token } },
      ports,
      ctx,
    )
    if (status !== 200 && status !== 503) throw new Error(`a licence was answered ${status}`)
    return status === 200
  }
  return { film, open, ask, [Symbol.asyncDispose]: () => database.close() }
}

const REQUEST = {
  ...{ method: 'POST', query: new URLSearchParams(), cookies: {}, params: {} },
  clientIp: '127.0.0.1',
}

/** One address opens so many sessions of one film a minute. */
const address = (n: number) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`

/** The service answers without a network: what is measured is ours. */
const atOnce: LicenseServers = {
  async post() {
    const body = Buffer.from(JSON.stringify({ status: 'OK', license: 'bGljZW5jZQ==' }))
    return { status: 200, contentType: 'application/json', body }
  },
}
