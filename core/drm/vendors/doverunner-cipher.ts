import { createCipheriv, createDecipheriv } from 'node:crypto'

/** The same for everybody: the vendor's form has it so. https://pallycon.com/docs/en/multidrm/license/license-token/#aes256 */
const IV = Buffer.from('0123456789abcdef')

/** Base64 of AES-256-CBC with PKCS#7 under the 32 characters of the site key. */
export function sealForSite(siteKey: string, text: string): string {
  const cipher = createCipheriv('aes-256-cbc', Buffer.from(siteKey), IV)
  return Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]).toString('base64')
}

/** The bytes again; `undefined` for what was not sealed with this key. Nothing but the padding vouches for them. */
export function openFromSite(siteKey: string, sealed: string): Uint8Array | undefined {
  const bytes = Buffer.from(sealed, 'base64')
  if (bytes.length === 0 || bytes.length % 16 !== 0 || bytes.toString('base64') !== sealed) return undefined
  const opener = createDecipheriv('aes-256-cbc', Buffer.from(siteKey), IV)
  try {
    return new Uint8Array(Buffer.concat([opener.update(bytes), opener.final()]))
  } catch {
    return undefined
  }
}
