import { createHmac } from 'node:crypto'

export interface PrefixGrant {
  /** Whole URL, no query: what begins with it is open. */
  readonly urlPrefix: string
  readonly keyName: string
  /** Base64url, 128 bits. */
  readonly key: string
  readonly expiresAt: Date
}

/** Value of the cookie `Cloud-CDN-Cookie`. https://cloud.google.com/cdn/docs/using-signed-cookies */
export const cookieGrant = (grant: PrefixGrant): string => signed(grant, ':')

/** Query for a URL that begins with the prefix. https://cloud.google.com/cdn/docs/using-signed-urls */
export const queryGrant = (grant: PrefixGrant): string => signed(grant, '&')

function signed({ urlPrefix, keyName, key, expiresAt }: PrefixGrant, separator: string): string {
  const expires = Math.floor(expiresAt.getTime() / 1000)
  const facts = [`URLPrefix=${base64url(Buffer.from(urlPrefix))}`, `Expires=${expires}`, `KeyName=${keyName}`]
  const policy = facts.join(separator)
  const signature = createHmac('sha1', Buffer.from(key, 'base64url')).update(policy).digest()
  return `${policy}${separator}Signature=${base64url(signature)}`
}

/** With its padding, as Google's edge wants it. */
const base64url = (bytes: Buffer): string =>
  bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_')
