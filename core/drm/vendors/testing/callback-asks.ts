import { signatureOf } from '../callback-own-form.ts'
import { sealForSite } from '../doverunner-cipher.ts'
import { SECRETS } from './entitled.ts'

export interface OwnAsk {
  readonly session: string
  readonly kids: readonly string[]
  readonly at: Date
  readonly nonce: string
  readonly more?: Readonly<Record<string, unknown>>
  readonly key?: string
  /** Changes the request behind its signature. */
  readonly headers?: Readonly<Record<string, string>>
  readonly tampered?: (body: string) => string
}

/** As a vendor asks in our own form. */
export function ownAsk({ session, kids, at, nonce, ...rest }: OwnAsk) {
  const { more = {}, key = SECRETS.skyreel.secrets[0], headers = {}, tampered = (body) => body } = rest
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const body = JSON.stringify({
    session,
    kids,
    drm: 'widevine',
    nonce,
    timestamp: Number(timestamp),
    ...more,
  })
  const signature = signatureOf(key, { timestamp, nonce, body: Buffer.from(body) })
  const signed = {
    'x-skyreel-timestamp': timestamp,
    'x-skyreel-nonce': nonce,
    'x-skyreel-signature': signature,
  }
  return {
    body: Buffer.from(tampered(body)),
    headers: { 'content-type': 'application/json', ...signed, ...headers },
  }
}

/** As DoveRunner's deprecated callback asks. */
export function siteAsk(
  data: Readonly<Record<string, unknown>>,
  siteKey: string = SECRETS.doverunner.siteKey,
) {
  const sealed = sealForSite(siteKey, JSON.stringify(data))
  const body = new URLSearchParams({ data: sealed }).toString()
  return {
    body: Buffer.from(body),
    headers: { 'content-type': 'application/x-www-form-urlencoded' } as Record<string, string>,
  }
}
