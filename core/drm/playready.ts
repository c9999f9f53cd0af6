import { createHmac } from 'node:crypto'
import * as z from 'zod/mini'
import { decodeUtf8 } from '../http/json-body.ts'
import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import type { Permit } from '../playback/ask.ts'
import type { LicenseAnswer } from '../ports/license-servers.ts'
import { isScheme } from '../protection/model.ts'
import type { Context } from '../run/context.ts'
import type { ContentKey } from './content-keys.ts'
import { allowedKeys, bytes, type LicenseNeeds, permitFor } from './license-door.ts'
import { guidOf } from './license-key-id.ts'
import {
  askServer,
  challengeRefused,
  refusedByStatus,
  ServerHeaders,
  ServerUrl,
  systemSecret,
} from './license-upstream.ts'
import { ACQUIRE_LICENSE, playReadyKeyIds } from './playready-challenge.ts'

const common = { url: ServerUrl, headers: z.optional(ServerHeaders) }
const PlayReadySecret = z.discriminatedUnion('mode', [
  /** A server of the operator's, which has the keys (by SPEKE, or a key seed) and obeys the entitlement. */
  z.object({
    mode: z.literal('entitlement'),
    ...common,
    entitlementKey: z.string().check(z.regex(/^[\w-]{43,200}$/)),
  }),
  /** Microsoft's public test server, or one like it: keys travel in the address. For tests alone. */
  z.object({ mode: z.literal('test-cfg'), ...common }),
])
type Server = z.infer<typeof PlayReadySecret>

interface Grant {
  readonly permit: Permit
  readonly keys: readonly ContentKey[]
  readonly persist: boolean
}

/**
 * Passes a PlayReady licence request on, with what the decision allows for its key ids. What the device claims of its security
 * is for the server to check, so it counts as software here. Refusals are problems and no SOAP faults: players show the status.
 */
export async function playReadyLicense(
  uses: LicenseNeeds,
  ctx: Context,
  request: HttpRequest,
  persist: boolean,
): Promise<HttpResponse> {
  const action = request.headers.soapaction ?? ACQUIRE_LICENSE
  if (!/\/AcquireLicense"?$/.test(action)) throw challengeRefused('Only AcquireLicense is answered here.')
  const keyIds = playReadyKeyIds(decodeUtf8(request.body))
  const permit = await permitFor(uses, ctx, request, { door: 'playready', keyIds, persist })
  const keys = await allowedKeys(uses, permit, { keyIds, of: isScheme })
  const server = await systemSecret(uses, 'playready', PlayReadySecret)
  const answer = await askServer(uses, ctx, {
    ...addressed(uses, server, { permit, keys, persist }),
    body: request.body,
  })
  return licenseIn(answer, ctx)
}

function addressed(uses: LicenseNeeds, server: Server, grant: Grant) {
  const headers = {
    'content-type': 'text/xml; charset=utf-8',
    soapaction: ACQUIRE_LICENSE,
    ...server.headers,
  }
  if (server.mode === 'test-cfg') return { url: server.url + testConfig(grant), headers }
  const entitlement = signed(entitlementOf(uses, grant), Buffer.from(server.entitlementKey, 'base64url'))
  return { url: server.url, headers: { ...headers, 'x-skyreel-entitlement': entitlement } }
}

/** https://learn.microsoft.com/playready/advanced/testservers/playready-test-server-service */
function testConfig({ keys, persist }: Grant): string {
  const licenses = keys.map(({ keyId, key }) => {
    // A plus would be read as a space.
    const contentKey = Buffer.from(key).toString('base64').replaceAll('+', '%2B')
    return `(kid:${guidOf(keyId)},contentkey:${contentKey},persist:${persist},sl:150)`
  })
  return `?cfg=${licenses.join(',')}`
}

/** Names the key ids that were allowed and never a key: a header ends in logs. */
function entitlementOf({ clock, config, ids }: LicenseNeeds, { permit, keys, persist }: Grant) {
  const now = Math.floor(clock.now().getTime() / 1000)
  const until = persist ? permit.persistUntil : undefined
  return {
    ...{ iss: config.publicOrigin, jti: ids.uuid(), iat: now, exp: now + 60 },
    ...{ sub: permit.video.id, session: permit.session.id },
    kids: keys.map(({ keyId }) => guidOf(keyId)),
    ...{ licenseSeconds: permit.licenseSeconds, persist: until !== undefined },
    ...(until ? { persistUntil: until.toISOString() } : {}),
  }
}

/** A JWT with HS256 (RFC 7519). */
function signed(claims: object, key: Uint8Array): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
}

/** A SOAP fault comes as 500: mostly the device's request is at fault, and its code says with what. */
function licenseIn({ status, body }: LicenseAnswer, ctx: Context): HttpResponse {
  if (status === 200) return bytes(body, 'text/xml; charset=utf-8')
  const code = /<StatusCode>\s*(0x[0-9a-fA-F]{8})\s*<\/StatusCode>/.exec(Buffer.from(body).toString())?.[1]
  if (code) throw challengeRefused(`The licence server answered ${code}.`)
  throw refusedByStatus(ctx, 'playready', status, String(status))
}
