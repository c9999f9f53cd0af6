import type { HttpResponse } from '../../http/response.ts'
import type { Permit } from '../../playback/ask.ts'
import { PlaybackRefused } from '../../playback/refusals.ts'
import type { Uses } from '../../ports/ports.ts'
import type { Context } from '../../run/context.ts'
import { contentKeysOf } from '../content-keys.ts'
import { askServer, refusedByStatus, serverRefused } from '../license-upstream.ts'
import type { DrmVendor } from '../model.ts'
import { ACQUIRE_LICENSE } from '../playready-challenge.ts'
import { type EntitlementNeeds, entitled, entitlementOf } from './entitlement.ts'
import { type VendorSystem, vendorSecret } from './secret.ts'

type PassThroughNeeds = EntitlementNeeds & Uses<'keyVault' | 'licenseServers'>

/** What the player sent, as it came. */
export interface Challenge {
  readonly system: VendorSystem
  readonly body: Uint8Array
  readonly contentType: string
}

/**
 * Token proxy: passes the player's licence request on to `vendor` with an entitlement that is good for this request alone, and
 * answers with the licence as it came. The permit is the decision for this very request, so that each renewal is one.
 * 502 where the vendor refuses (422 where that is about the request), 504 where it is silent. https://pallycon.com/docs/en/multidrm/license/license-token/
 */
export async function vendorPassThrough(
  uses: PassThroughNeeds,
  ctx: Context,
  permit: Permit,
  { vendor, challenge }: { readonly vendor: DrmVendor; readonly challenge: Challenge },
): Promise<HttpResponse> {
  const secret = await vendorSecret(uses, vendor)
  const ours = 'externalKeys' in secret && secret.externalKeys === true
  const keys = ours ? await keyBytes(uses, permit) : undefined
  const { system, body, contentType } = challenge
  // Bound to no address: the vendor sees ours, and the viewer's is checked by the decision.
  const to = await entitled(uses, permit, { ...(keys && { keys }), oneUse: true })
  if (to.keys.length === 0) throw new PlaybackRefused('quality-not-allowed')
  const license = entitlementOf(vendor, secret, system, to)
  if (!license) throw serverRefused(ctx, system, 'NOT_OFFERED')
  const action = system === 'playready' && { soapaction: ACQUIRE_LICENSE }
  const headers = { ...action, ...license.headers, 'content-type': contentType }
  const answer = await askServer(uses, ctx, { url: license.url, headers, body })
  if (answer.status !== 200) throw refusedByStatus(ctx, system, answer.status, `STATUS_${answer.status}`)
  return { status: 200, headers: { 'content-type': answer.contentType }, body: answer.body }
}

async function keyBytes(uses: PassThroughNeeds, { video }: Permit) {
  const { id: videoId, generation, edition } = video
  return [...(await contentKeysOf(uses, { videoId, generation, edition })).values()]
}
