import { createHmac, timingSafeEqual } from 'node:crypto'
import * as z from 'zod/mini'
import type { HttpResponse } from '../../http/response.ts'
import { keyIdOf } from '../license-key-id.ts'
import { DRM_SYSTEMS } from '../model.ts'
import { CALLBACK_SKEW_SECONDS, type CallbackForm, CallbackRefused, type Question } from './callback.ts'

const KeyId = z.string().check(z.refine((text) => keyIdOf(text) !== undefined))
const Body = z.strictObject({
  session: z.string().check(z.regex(/^pbs_[0-9a-f]{32}$/)),
  kids: z.array(KeyId).check(z.minLength(1), z.maxLength(16)),
  drm: z.enum(DRM_SYSTEMS),
  /** Proven to the vendor by the device; without it `software`. */
  security: z.optional(z.enum(['software', 'hardware'])),
  /** The licence is to be kept on the device. */
  persist: z.optional(z.boolean()),
  nonce: z.string().check(z.regex(/^[\w-]{16,64}$/)),
  /** Unix seconds. */
  timestamp: z.int(),
})

/**
 * The form that we publish, for vendors and licence servers that let their callback be written: JSON, with the headers
 * `x-skyreel-timestamp`, `x-skyreel-nonce` and `x-skyreel-signature`, the hex HMAC-SHA256 over `timestamp.nonce.body` of the
 * body's exact bytes. Timestamp and nonce stand in the body, too, and must be the same. The answer is signed alike.
 */
export const ownForm: CallbackForm = {
  mediaType: 'application/json',
  read: ({ body, headers }, { skyreel }, now) => {
    const { timestamp, nonce, signature } = signedWith(headers)
    const keys = skyreel?.secrets ?? []
    const signed = keys.map((key) => same(signature, signatureOf(key, { timestamp, nonce, body })))
    if (!signed.includes(true)) throw new CallbackRefused('its signature is wrong')
    return questionOf(body, { timestamp, nonce }, now)
  },
  allow: ({ nonce }, { permit, keyIds }, { skyreel }) => {
    const { licenseSeconds, persistUntil } = permit
    const until = persistUntil && { persistUntil: persistUntil.toISOString() }
    const said = { allow: true, kids: keyIds, licenseSeconds, ...until }
    return answered(200, said, { nonce, key: skyreel?.secrets[0] })
  },
  deny: ({ nonce }, status, { skyreel }) =>
    answered(status === 503 ? 503 : 403, { allow: false }, { nonce, key: skyreel?.secrets[0] }),
}

interface Signed {
  readonly timestamp: string
  readonly nonce: string
}

function signedWith(headers: Readonly<Record<string, string>>) {
  const said = (name: string) => headers[`x-skyreel-${name}`] ?? ''
  return { timestamp: said('timestamp'), nonce: said('nonce'), signature: said('signature') }
}

/** Hex HMAC-SHA256 of a question or an answer. */
export function signatureOf(key: string, { timestamp, nonce, body }: Signed & { body: Uint8Array }): string {
  return createHmac('sha256', key).update(`${timestamp}.${nonce}.`).update(body).digest('hex')
}

function same(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function questionOf(body: Uint8Array, { timestamp, nonce }: Signed, now: Date): Question {
  const read = z.safeParse(Body, jsonOf(body))
  if (!read.success) throw new CallbackRefused('its body is not of the form')
  const { session, kids, security, persist } = read.data
  if (read.data.nonce !== nonce || String(read.data.timestamp) !== timestamp)
    throw new CallbackRefused('its headers are of another body')
  const secondsOff = Math.abs(now.getTime() / 1000 - read.data.timestamp)
  if (secondsOff > CALLBACK_SKEW_SECONDS) throw new CallbackRefused('its time is too far off')
  return {
    sessionId: session,
    keyIds: kids.flatMap((kid) => keyIdOf(kid) ?? []),
    ...(security !== undefined && { security }),
    ...(persist !== undefined && { persist }),
    nonce,
    nonceUntil: new Date((read.data.timestamp + CALLBACK_SKEW_SECONDS + 1) * 1000),
  }
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}

/** Signed with the question's nonce, so that a vendor can tell our answer to this question from any other. */
function answered(
  status: number,
  answer: unknown,
  { nonce, key }: { readonly nonce: string; readonly key: string | undefined },
): HttpResponse {
  const body = JSON.stringify(answer)
  const signature = createHmac('sha256', key ?? '')
    .update(`${nonce}.${body}`)
    .digest('hex')
  return { status, headers: { 'content-type': 'application/json', 'x-skyreel-signature': signature }, body }
}
