import type { Permit } from '../playback/ask.ts'
import { PLAYBACK_HEADER } from '../playback/token.ts'
import type { Uses } from '../ports/ports.ts'
import { SecretMissing, type Secrets } from '../ports/secrets.ts'
import { isScheme } from '../protection/model.ts'
import type { Context } from '../run/context.ts'
import type { Playback } from '../video/wire.ts'
import type { DrmSystem } from './model.ts'
import { type EntitlementNeeds, vendorLicenses } from './vendors/entitlement.ts'

type Licenses = Playback['licenses']
export type LicensesNeeds = EntitlementNeeds
type Needs = Uses<'secrets' | 'config' | 'clock'>

/** Systems whose licence servers are somebody else's: there where their secret is. */
const PASSED_ON = ['widevine', 'playready', 'fairplay'] as const satisfies readonly DrmSystem[]

/** Where a player gets its licences, by DRM system. None for a film without: `aes-128` names its keys in the playlist. */
export async function licensesOf(
  uses: LicensesNeeds,
  ctx: Context,
  { permit, clientIp }: { readonly permit: Permit; readonly clientIp: string },
): Promise<Licenses> {
  if (!isScheme(permit.video.protection)) return {}
  const { publicOrigin } = uses.config
  const headers = { [PLAYBACK_HEADER]: permit.session.token }
  const clearkey = { url: `${publicOrigin}/v1/license/clearkey`, headers }
  if (uses.config.drmBy === 'own') return { clearkey, ...(await ownLicenses(uses, headers)) }
  const bound = uses.config.playbackBindsAddress ? { clientIp } : {}
  return { clearkey, ...(await vendorLicenses(uses, ctx, permit, bound)) }
}

async function ownLicenses(uses: Needs, headers: Record<string, string>): Promise<Licenses> {
  const base = `${uses.config.publicOrigin}/v1/license`
  const there = await setUp(uses)
  const servers = there.map((system) => {
    const certificate = system === 'fairplay' ? { certificateUrl: `${base}/fairplay/certificate` } : {}
    return [system, { url: `${base}/${system}`, headers, ...certificate }]
  })
  return Object.fromEntries(servers) as Licenses
}

/** An operator who sets a system up waits for so long. */
const KEPT_MS = 60_000
const kept = new WeakMap<
  Secrets,
  { readonly until: number; readonly systems: Promise<readonly DrmSystem[]> }
>()

function setUp({ secrets, clock }: Needs): Promise<readonly DrmSystem[]> {
  const now = clock.now().getTime()
  const held = kept.get(secrets)
  if (held && now < held.until) return held.systems
  const systems = thoseSetUp(secrets)
  kept.set(secrets, { until: now + KEPT_MS, systems })
  systems.catch(() => kept.delete(secrets))
  return systems
}

async function thoseSetUp(secrets: Secrets): Promise<readonly DrmSystem[]> {
  const there = await Promise.all(PASSED_ON.map((system) => isThere(secrets, system)))
  return PASSED_ON.filter((_, i) => there[i])
}

async function isThere(secrets: Secrets, system: (typeof PASSED_ON)[number]): Promise<boolean> {
  try {
    await secrets.get(system)
    return true
  } catch (error) {
    if (error instanceof SecretMissing) return false
    throw error
  }
}
