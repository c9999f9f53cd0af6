import { playlistKind } from '../../core/playback/signed-playlist.ts'
import type { Cdn } from '../../core/ports/cdn.ts'
import type { Secrets } from '../../core/ports/secrets.ts'
import { checkKey } from '../../core/ports/storage.ts'
import {
  type Grant,
  type GrantFacts,
  grantCookies,
  grantQuery,
  type SigningKey,
  signGrant,
} from './cdn-sign.ts'
import { signingKey } from './cdn-signing-key.ts'
import type { AwsConfig } from './config.ts'

export interface AwsCdnOptions {
  readonly config: Pick<AwsConfig, 'cdn'>
  readonly secrets: Secrets
}

/** An RSA signature costs a millisecond; a list signs a poster for each video, and asks for the same ones again. */
const REMEMBERED = 10_000

interface Signer extends SigningKey {
  readonly secret: string
  readonly grants: Map<string, Grant>
}

/**
 * CloudFront with a trusted key group in front of the media bucket. The URL opens its file alone; the cookies, which only
 * a file gets that refers to others, open all that lies under the prefix. Their path is the prefix, so that grants for
 * many films live side by side.
 */
export function openAwsCdn({ config: { cdn }, secrets }: AwsCdnOptions): Cdn {
  let signer: Signer | undefined
  const current = async (): Promise<Signer> => {
    const secret = await secrets.get('cdn-key')
    if (signer?.secret !== secret) signer = { secret, ...signingKey(secret, cdn.keyId), grants: new Map() }
    return signer
  }
  const grantOf = async (facts: GrantFacts): Promise<Grant> => {
    const { grants, ...key } = await current()
    const name = `${facts.expires} ${facts.clientIp ?? ''} ${facts.resource}`
    const known = grants.get(name)
    if (known) return known
    if (grants.size >= REMEMBERED) grants.clear()
    const grant = signGrant(facts, key)
    grants.set(name, grant)
    return grant
  }
  return {
    async sign(prefix, file, expiresAt, { clientIp } = {}) {
      if (!prefix.endsWith('/')) throw new Error(`a prefix to sign ends with "/": ${prefix}`)
      const path = `/${encodePath(checkKey(prefix + file))}`
      const folder = `/${encodePath(prefix)}`
      const facts = { expires: Math.floor(expiresAt.getTime() / 1000), clientIp }
      const own = await grantOf({ resource: cdn.origin + path, ...facts })
      const url = `${cdn.origin}${path}?${grantQuery(own)}`
      if (playlistKind(file) === undefined) return { url, cookies: [] }
      const whole = await grantOf({ resource: `${cdn.origin}${folder}*`, ...facts })
      return { url, cookies: grantCookies(whole, { domain: cdn.cookieDomain, path: folder, expiresAt }) }
    },
  }
}

/** `*` is a wildcard in the resource that is signed: one of the key's own must not become one. */
const encodePath = (key: string): string =>
  key
    .split('/')
    .map((segment) => encodeURIComponent(segment).replaceAll('*', '%2A'))
    .join('/')
