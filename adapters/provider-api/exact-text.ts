import { WebhookRefused } from '../../core/ports/payments.ts'

/**
 * The text of exactly those bytes. Other decoding drops a byte order mark, and makes one character of every byte that is
 * not UTF-8: what is read would not be what was signed.
 */
export function exactText(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch (error) {
    throw new WebhookRefused('malformed', 'the body is not UTF-8', { cause: error })
  }
}

/** Signed JSON. Without the cause: a parser's message repeats parts of the body. */
export function signedJson(body: Uint8Array): unknown {
  const text = exactText(body)
  try {
    return JSON.parse(text)
  } catch {
    throw new WebhookRefused('malformed', 'the signed body is no JSON')
  }
}
