import { type KeyObject, sign } from 'node:crypto'

/** A signed policy, as CloudFront reads it from a query or from cookies. */
export interface Grant {
  readonly policy: string
  readonly signature: string
  readonly keyId: string
}

interface Facts {
  /** A URL; `*` stands for any text, also for none. */
  readonly resource: string
  /** Seconds since 1970. */
  readonly expires: number
  readonly key: KeyObject
  readonly keyId: string
}

/**
 * RSA over SHA-1 is what CloudFront takes of RSA keys.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-setting-signed-cookie-custom-policy.html
 */
export function signGrant({ resource, expires, key, keyId }: Facts): Grant {
  const Condition = { DateLessThan: { 'AWS:EpochTime': expires } }
  const policy = JSON.stringify({ Statement: [{ Resource: resource, Condition }] })
  const signature = sign('sha1', Buffer.from(policy), key)
  return { policy: urlSafe(Buffer.from(policy)), signature: urlSafe(signature), keyId }
}

/** CloudFront's own alphabet, which is not base64url. */
const urlSafe = (bytes: Buffer): string =>
  bytes.toString('base64').replaceAll('+', '-').replaceAll('=', '_').replaceAll('/', '~')

/** The names are those of the query, too: see `grantCookies`. */
const parts = ({ policy, signature, keyId }: Grant) =>
  [
    ['Policy', policy],
    ['Key-Pair-Id', keyId],
    ['Signature', signature],
  ] as const

export const grantQuery = (grant: Grant): string =>
  parts(grant)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')

/** Whole `Set-Cookie` values. `SameSite=None`: the player's page is on another site than the media. */
export function grantCookies(
  grant: Grant,
  { domain, path, expiresAt }: { domain: string; path: string; expiresAt: Date },
): string[] {
  const attributes = `Domain=${domain}; Path=${path}; Expires=${expiresAt.toUTCString()}; Secure; HttpOnly; SameSite=None`
  return parts(grant).map(([name, value]) => `CloudFront-${name}=${value}; ${attributes}`)
}
