import { type KeyObject, sign } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { NotSupported } from '../../core/run/not-supported.ts'

/** A signed policy, as CloudFront reads it from a query or from cookies. */
export interface Grant {
  readonly policy: string
  readonly signature: string
  readonly keyId: string
}

export interface GrantFacts {
  /** A URL; `*` stands for any text, also for none. */
  readonly resource: string
  /** Seconds since 1970. */
  readonly expires: number
  /** IPv4: CloudFront knows no other condition. */
  readonly clientIp?: string | undefined
}

export interface SigningKey {
  readonly keyId: string
  readonly key: KeyObject
}

/**
 * Over SHA-1, which is what CloudFront expects of RSA and of ECDSA keys unless a request names another hash; an ECDSA
 * signature is DER. We alone write what is signed, so nobody can prepare a collision.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-setting-signed-cookie-custom-policy.html
 */
export function signGrant(facts: GrantFacts, { key, keyId }: SigningKey): Grant {
  const policy = JSON.stringify({ Statement: [{ Resource: facts.resource, Condition: conditionOf(facts) }] })
  const signature = sign('sha1', Buffer.from(policy), key)
  return { policy: urlSafe(Buffer.from(policy)), signature: urlSafe(signature), keyId }
}

function conditionOf({ expires, clientIp }: GrantFacts) {
  const DateLessThan = { 'AWS:EpochTime': expires }
  if (clientIp === undefined) return { DateLessThan }
  if (!isIPv4(clientIp))
    throw new NotSupported('CloudFront binds a grant to an IPv4 address alone, and the client has another')
  return { DateLessThan, IpAddress: { 'AWS:SourceIp': `${clientIp}/32` } }
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
