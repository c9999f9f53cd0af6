import { createPrivateKey, type KeyObject } from 'node:crypto'
import { playlistKind } from '../../core/playback/signed-playlist.ts'
import type { Cdn } from '../../core/ports/cdn.ts'
import type { Secrets } from '../../core/ports/secrets.ts'
import { checkKey } from '../../core/ports/storage.ts'
import { type Grant, grantCookies, grantQuery, signGrant } from './cdn-sign.ts'
import type { AwsConfig } from './config.ts'

export interface AwsCdnOptions {
  readonly config: Pick<AwsConfig, 'cdn'>
  readonly secrets: Secrets
}

/** An RSA signature costs a millisecond; a list signs a poster for each video, and asks for the same ones again. */
const REMEMBERED = 10_000

interface Signer {
  readonly pem: string
  readonly key: KeyObject
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
    const pem = await secrets.get('cdn-key')
    if (signer?.pem !== pem) signer = { pem, key: createPrivateKey(pem), grants: new Map() }
    return signer
  }
  const grantOf = async (resource: string, expires: number): Promise<Grant> => {
    const { key, grants } = await current()
    const name = `${expires} ${resource}`
    const known = grants.get(name)
    if (known) return known
    if (grants.size >= REMEMBERED) grants.clear()
    const grant = signGrant({ resource, expires, key, keyId: cdn.keyId })
    grants.set(name, grant)
    return grant
  }
  return {
    async sign(prefix, file, expiresAt) {
      if (!prefix.endsWith('/')) throw new Error(`a prefix to sign ends with "/": ${prefix}`)
      const path = `/${encodePath(checkKey(prefix + file))}`
      const folder = `/${encodePath(prefix)}`
      const expires = Math.floor(expiresAt.getTime() / 1000)
      const url = `${cdn.origin}${path}?${grantQuery(await grantOf(cdn.origin + path, expires))}`
      if (playlistKind(file) === undefined) return { url, cookies: [] }
      const whole = await grantOf(`${cdn.origin}${folder}*`, expires)
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
