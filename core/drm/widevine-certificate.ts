import type { HttpRequest } from '../http/request.ts'
import { PlaybackRefused } from '../playback/refusals.ts'
import { playbackTokenOf } from '../playback/token.ts'
import type { Secrets } from '../ports/secrets.ts'
import type { Context } from '../run/context.ts'
import type { LicenseNeeds } from './license-door.ts'
import { askWidevine, widevineService } from './widevine-call.ts'
import { widevineMessage } from './widevine-message.ts'

/** SignedMessage of type SERVICE_CERTIFICATE_REQUEST and nothing else. */
export const isCertificateRequest = (body: Uint8Array): boolean =>
  body.byteLength === 2 && body[0] === 8 && body[1] === 4

const KEPT_MS = 10 * 60_000
const kept = new WeakMap<Secrets, { readonly until: number; readonly certificate: Promise<Uint8Array> }>()

/**
 * The service's certificate, with which a player hides who it is: the same for everybody, and asked for before any token counts.
 * Kept for ten minutes, so that whoever asks in a loop loads us and not the service, which counts our requests.
 */
export async function serviceCertificate(
  uses: LicenseNeeds,
  ctx: Context,
  request: HttpRequest,
): Promise<Uint8Array> {
  const token = playbackTokenOf(request)
  if (token !== undefined && !/^[\w-]+(?:\.[\w-]+){2}$/.test(token))
    throw new PlaybackRefused('playback-token-invalid')
  const now = uses.clock.now().getTime()
  const held = kept.get(uses.secrets)
  if (held && now < held.until) return held.certificate
  // Others wait for it: it does not end with whoever asked first.
  const certificate = ask(uses, { ...ctx, signal: new AbortController().signal }, request)
  kept.set(uses.secrets, { until: now + KEPT_MS, certificate })
  certificate.catch(() => kept.delete(uses.secrets))
  return certificate
}

async function ask(uses: LicenseNeeds, ctx: Context, { body }: HttpRequest): Promise<Uint8Array> {
  const service = await widevineService(uses)
  return askWidevine(uses, ctx, service, widevineMessage(body, { provider: service.provider }))
}
