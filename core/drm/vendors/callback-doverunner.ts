import * as z from 'zod/mini'
import type { HttpResponse } from '../../http/response.ts'
import type { Permit } from '../../playback/ask.ts'
import { type CallbackForm, CallbackRefused, type Question } from './callback.ts'
import { openFromSite, sealForSite } from './doverunner-cipher.ts'
import { toTheSecond } from './entitled.ts'

const DAY_MS = 24 * 3600 * 1000
/** Longer than a playback session lives: the form has no time of its own, so its nonce must not come again at all. */
const NONCE_MS = 30 * DAY_MS

const Data = z.object({
  user_id: z.string().check(z.maxLength(64)),
  /** Our video. */
  cid: z.string().check(z.regex(/^vid_[0-9a-f]{32}$/)),
  /** What the player gave along: the playback session. */
  oid: z.string().check(z.regex(/^pbs_[0-9a-f]{32}$/)),
  nonce: z.string().check(z.regex(/^[\w-]{8,64}$/)),
  drm_type: z.string().check(z.regex(/^(?:widevine|playready|fairplay)$/i)),
})

interface SiteQuestion extends Question {
  /** That it came with, of the two that are good while they are changed. */
  readonly siteKey: string
}

/**
 * The licence callback of PallyCon, now DoveRunner: a form field `data`, base64 of AES-256-CBC under the site key, and an answer
 * alike. The vendor has deprecated it; its form is that of the samples at github.com/inka-pallycon/sdk-quickstart-php.
 *
 * What it lacks: a signature (who seals it has the site key, but CBC alone does not vouch for each bit), a time, and key ids.
 * So it is off unless the secret names `callbackKeys`, a nonce is never taken twice, and only who may have every quality of the
 * film is let in: the answer cannot withhold a part. Unverified with the live service.
 */
export const doveRunnerForm: CallbackForm<SiteQuestion> = {
  mediaType: 'application/x-www-form-urlencoded',
  read: ({ body }, { doverunner }, now) => {
    const sealed = new URLSearchParams(Buffer.from(body).toString('latin1')).get('data') ?? ''
    // Some clients do not escape the plus of base64.
    const question = openedWith(doverunner?.callbackKeys ?? [], sealed.replaceAll(' ', '+'))
    return { ...question, nonceUntil: new Date(now.getTime() + NONCE_MS) }
  },
  allow: (question, { permit, whole }) =>
    whole
      ? answered(question, { ...SUCCESS, playback_policy: playbackPolicy(permit), nonce: question.nonce })
      : denied(question),
  deny: (question) => denied(question),
}

const SUCCESS = { error_code: '0000', error_message: 'success' }

const denied = (question: SiteQuestion): HttpResponse =>
  answered(question, { error_code: '4030', error_message: 'denied', nonce: question.nonce })

function openedWith(siteKeys: readonly string[], sealed: string): Omit<SiteQuestion, 'nonceUntil'> {
  for (const siteKey of siteKeys) {
    const read = z.safeParse(Data, jsonOf(openFromSite(siteKey, sealed)))
    if (read.success) {
      const { oid, cid, nonce } = read.data
      return { sessionId: oid, videoId: cid, nonce, siteKey }
    }
  }
  // One reason for a wrong padding and for wrong words behind a right one: CBC must not become an oracle.
  throw new CallbackRefused('it was not sealed with the site key')
}

function jsonOf(bytes: Uint8Array | undefined): unknown {
  try {
    return bytes && JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

function playbackPolicy({ persistUntil, licenseSeconds }: Permit) {
  if (persistUntil) return { limit: true, persistent: true, expire_date: toTheSecond(persistUntil) }
  return { limit: true, persistent: false, duration: licenseSeconds }
}

function answered({ siteKey }: SiteQuestion, answer: unknown): HttpResponse {
  const body = sealForSite(siteKey, JSON.stringify(answer))
  return { status: 200, headers: { 'content-type': 'text/plain' }, body }
}
