import { eq } from 'drizzle-orm'
import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import type { Permit } from '../playback/ask.ts'
import { playbackRules } from '../playback/schema.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { bytes, keysToPlay, type LicenseNeeds, permitFor } from './license-door.ts'
import { challengeRefused } from './license-upstream.ts'
import { askWidevine, type WidevineService, widevineService } from './widevine-call.ts'
import { isCertificateRequest, serviceCertificate } from './widevine-certificate.ts'
import { type WidevineFacts, widevineMessage } from './widevine-message.ts'
import { keySpecs, licensePolicy } from './widevine-policy.ts'

/**
 * Passes a licence request on, with our keys and what the decision allows. The challenge is not read: film and keys are those of
 * the token's session, whatever it names. Renewals come here too, and each is decided anew.
 */
export async function widevineLicense(
  uses: LicenseNeeds,
  ctx: Context,
  request: HttpRequest,
  persist: boolean,
): Promise<HttpResponse> {
  if (request.body.byteLength === 0) throw challengeRefused('The body is empty.')
  if (isCertificateRequest(request.body)) return bytes(await serviceCertificate(uses, ctx, request))
  // Widevine itself looks at what the device proves and withholds keys above it (security_level of each), which we could not:
  // the proof is encrypted to the service. So the decision may count on hardware here.
  const permit = await permitFor(uses, ctx, request, { door: 'widevine', security: 'hardware', persist })
  const service = await widevineService(uses)
  const facts = await licenseFacts(uses, permit, { service, persist })
  return bytes(await askWidevine(uses, ctx, service, widevineMessage(request.body, facts)))
}

async function licenseFacts(
  uses: LicenseNeeds,
  permit: Permit,
  { service, persist }: { readonly service: WidevineService; readonly persist: boolean },
): Promise<WidevineFacts> {
  const [keys, hardwareForHd] = await Promise.all([
    keysToPlay(uses, permit),
    needsHardwareForHd(uses, permit),
  ])
  const at = { now: uses.clock.now(), renewalUrl: `${uses.config.publicOrigin}/v1/license/widevine`, persist }
  return {
    provider: service.provider,
    content_id: Buffer.from(permit.video.id).toString('base64'),
    content_key_specs: keySpecs(keys, hardwareForHd),
    use_policy_overrides_exclusively: true,
    policy_overrides: licensePolicy(permit, at),
  }
}

/** Not a decision: what the service must ask of the device for the keys that the decision has let through. */
async function needsHardwareForHd({ db }: Uses<'db'>, { video }: Permit): Promise<boolean> {
  const rule = db.select({ hardware: playbackRules.hardwareForHd }).from(playbackRules)
  return (await rule.where(eq(playbackRules.videoId, video.id)))[0]?.hardware ?? false
}
