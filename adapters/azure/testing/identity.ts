import { randomBytes } from 'node:crypto'
import type { ManagedIdentity } from '../config.ts'
import {
  onlyQuery,
  openStrictServer,
  Refused,
  type StrictRequest,
  type StrictServer,
} from './strict-server.ts'

export interface IdentityServer extends StrictServer {
  readonly identity: ManagedIdentity
  /** Throws as a service does that gets no token, one of another resource, one of somebody else, or an old one. */
  check(headers: StrictRequest['headers'], resource: string): void
}

const RESOURCES = [
  'https://vault.azure.net',
  'https://management.azure.com',
  'https://eventgrid.azure.net',
  'https://storage.azure.com',
]
const DAY_SECONDS = 86_400
const TENANT = 'https://sts.windows.net/ab1f708d-50f6-404c-a006-d71b2ac7a606/'

/** In the form of Entra's tokens. The signature is nobody's: who checks one knows the token itself. */
const jwt = (claims: object): string =>
  [{ typ: 'JWT', alg: 'RS256', kid: 'test' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .concat(randomBytes(32).toString('base64url'))
    .join('.')

/** The token endpoint of a process with a managed identity, as App Service and Container Apps run it. */
export async function openIdentity(now: () => number = Date.now): Promise<IdentityServer> {
  const header = randomBytes(16).toString('hex')
  const given = new Map<string, { resource: string; until: number }>()
  const answer = ({ method, path, query, headers }: StrictRequest) => {
    if (method !== 'GET' || path !== '/msi/token') throw new Refused(404, 'NotFound', 'there is no such path')
    if (headers['x-identity-header'] !== header) throw new Refused(401, 'Unauthorized', 'the header is wrong')
    const resource = query.get('resource') ?? ''
    onlyQuery(query, { resource, 'api-version': '2019-08-01' })
    if (!RESOURCES.includes(resource)) throw new Refused(400, 'BadRequest', `no such resource: ${resource}`)
    const issued = Math.floor(now() / 1000)
    const until = issued + DAY_SECONDS
    const token = jwt({ aud: resource, iss: TENANT, iat: issued, nbf: issued, exp: until })
    given.set(token, { resource, until })
    const body = { access_token: token, expires_on: String(until), resource, token_type: 'Bearer' }
    return { status: 200, body }
  }
  const server = await openStrictServer(answer)
  return {
    ...server,
    identity: { endpoint: `${server.origin}/msi/token`, header, clientId: undefined },
    check: (headers, resource) => {
      const token = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1]
      const known = given.get(token ?? '')
      if (!known) throw new Refused(401, 'Unauthorized', 'there is no token of this tenant')
      if (known.resource !== resource)
        throw new Refused(401, 'InvalidAuthenticationToken', `the token is for ${known.resource}`)
      if (known.until * 1000 <= now())
        throw new Refused(401, 'ExpiredAuthenticationToken', 'the token is over')
    },
  }
}
