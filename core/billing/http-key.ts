import type { HttpRequest } from '../http/request.ts'
import { keyInvalid, keyRequired } from './problems.ts'

/** Visible ASCII (https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/). */
const KEY = /^[\x21-\x7e]{1,200}$/

/** The client's Idempotency-Key, if there is one. Throws 400 for one that cannot be used. */
export function idempotencyKey({ headers }: HttpRequest): string | undefined {
  const key = headers['idempotency-key']
  if (key === undefined) return undefined
  if (!KEY.test(key)) throw keyInvalid()
  // Keys that we make of an intent look otherwise: a client cannot take their place.
  return `client:${key}`
}

/** The client's Idempotency-Key. Throws 400 `idempotency-key-required` without one. */
export function requiredKey(request: HttpRequest): string {
  const key = idempotencyKey(request)
  if (key === undefined) throw keyRequired()
  return key
}
