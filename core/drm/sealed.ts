import { createCipheriv, createDecipheriv } from 'node:crypto'

const [NONCE, TAG] = [12, 16]

export interface Sealing {
  /** 32 bytes. */
  readonly key: Uint8Array
  /** What the text is good for: it opens for nothing else. */
  readonly boundTo: string
}

/** Base64url of nonce, AES-256-GCM ciphertext and tag. `nonce`: 12 random bytes, never used twice with one key. */
export function seal({ key, boundTo }: Sealing, plain: Uint8Array, nonce: Uint8Array): string {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(boundTo))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString(
    'base64url',
  )
}

/** What was sealed; `undefined` for changed text, another key or another purpose. */
export function unseal({ key, boundTo }: Sealing, text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64url')
  // Base64 has spare bits and skips what it does not know: only the one form of the bytes is ours.
  if (bytes.length < NONCE + TAG || bytes.toString('base64url') !== text) return undefined
  const opener = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), { authTagLength: TAG })
  opener.setAAD(Buffer.from(boundTo)).setAuthTag(bytes.subarray(-TAG))
  const opened = opener.update(bytes.subarray(NONCE, -TAG))
  try {
    opener.final()
    return new Uint8Array(opened)
  } catch {
    return undefined
  }
}
