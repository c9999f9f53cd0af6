import { createHash, timingSafeEqual } from 'node:crypto'
import { StripeFailure } from './store.ts'

/** Throws unless the header carries the key: as a bearer, or as the name of basic authorization. */
export function authorize(header: string | undefined, key: string): void {
  const given = keyOf(header)
  if (given === undefined) throw refused('You did not provide an API key.')
  if (!timingSafeEqual(hashed(given), hashed(key))) {
    throw refused(`Invalid API Key provided: ${given.slice(0, 8)}${'*'.repeat(8)}`)
  }
}

function keyOf(header: string | undefined): string | undefined {
  const [scheme = '', value = ''] = (header ?? '').split(' ')
  if (scheme.toLowerCase() === 'bearer' && value) return value
  if (scheme.toLowerCase() !== 'basic') return undefined
  return Buffer.from(value, 'base64').toString('utf8').split(':')[0] || undefined
}

function hashed(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function refused(message: string): StripeFailure {
  return new StripeFailure(401, { type: 'invalid_request_error' }, message)
}
