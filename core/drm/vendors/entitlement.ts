import { eq } from 'drizzle-orm'
import type { Permit } from '../../playback/ask.ts'
import { playbackRules } from '../../playback/schema.ts'
import type { Uses } from '../../ports/ports.ts'
import { isScheme, type Scheme } from '../../protection/model.ts'
import type { Context } from '../../run/context.ts'
import type { Playback } from '../../video/wire.ts'
import { keyFactsOf } from '../content-keys.ts'
import type { DrmVendor } from '../model.ts'
import { AXINOM_HEADER, axinomMessage } from './axinom.ts'
import { BUYDRM_HEADER, buyDrmMessage } from './buydrm.ts'
import { DOVERUNNER_HEADER, doveRunnerToken } from './doverunner.ts'
import type { Entitled, VendorKey } from './entitled.ts'
import { VENDOR_SYSTEMS, type VendorSecrets, type VendorSystem, vendorSecret } from './secret.ts'

export type EntitlementNeeds = Uses<'db' | 'clock' | 'ids' | 'config' | 'secrets'>

/** Where a vendor is asked for a licence, and what entitles to it. */
export interface VendorLicense {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

type SecretOf<V extends DrmVendor> = NonNullable<VendorSecrets[V]>
type Entitle<V extends DrmVendor> = (
  secret: SecretOf<V>,
  system: VendorSystem,
  to: Entitled,
) => VendorLicense | undefined

/** One for each vendor; `undefined` for a system that the vendor has not, or that is not set up with it. */
const ENTITLE: { readonly [V in DrmVendor]: Entitle<V> } = {
  axinom: (secret, system, to) => {
    const url = secret.licenseUrls[system]
    return url === undefined ? undefined : { url, headers: { [AXINOM_HEADER]: axinomMessage(secret, to) } }
  },
  doverunner: (secret, system, to) => ({
    url: secret.licenseUrl,
    headers: { [DOVERUNNER_HEADER]: doveRunnerToken(secret, system, to) },
  }),
  buydrm: (secret, system, to) =>
    system === 'widevine'
      ? { url: secret.licenseUrl, headers: { [BUYDRM_HEADER]: buyDrmMessage(secret, to) } }
      : undefined,
}

const SYSTEMS: Readonly<Record<Scheme, readonly VendorSystem[]>> = {
  cenc: ['widevine', 'playready'],
  cbcs: VENDOR_SYSTEMS,
}

/**
 * The licence servers of the vendor that `config.drmBy` names, each with an entitlement for what the permit allows; none where
 * we answer ourselves or the film is not in CMAF encryption. `keys` are those that the entitlement names, without it all of
 * the film's present encryption; `clientIp` binds it to the viewer's address. Throws 503 where the vendor is not set up.
 */
export async function vendorLicenses(
  uses: EntitlementNeeds,
  ctx: Context,
  permit: Permit,
  more: { readonly keys?: readonly VendorKey[]; readonly clientIp?: string } = {},
): Promise<Playback['licenses']> {
  const [vendor, { protection }] = [uses.config.drmBy, permit.video]
  if (vendor === 'own' || !isScheme(protection)) return {}
  const secret = await vendorSecret(uses, vendor)
  const to = await entitled(uses, permit, { ...more, oneUse: 'oneUse' in secret && secret.oneUse === true })
  if (to.keys.length === 0) {
    ctx.log.warn('no key of the film may go into an entitlement', { vendor })
    return {}
  }
  const servers = SYSTEMS[protection].flatMap((system) => {
    const license = entitlementOf(vendor, secret, system, to)
    if (!license) return []
    const server = secret.proxy === true ? ourDoor(uses, system, permit) : license
    return [[system, { ...server, ...certificateOf(system, secret) }] as const]
  })
  return Object.fromEntries(servers)
}

/** The vendor's own form for one system; `undefined` where it has none. */
export function entitlementOf<V extends DrmVendor>(
  vendor: V,
  secret: SecretOf<V>,
  system: VendorSystem,
  to: Entitled,
): VendorLicense | undefined {
  return ENTITLE[vendor](secret, system, to)
}

/** What an entitlement is written from: the keys that the permit's labels allow, at this moment. */
export async function entitled(
  uses: EntitlementNeeds,
  permit: Permit,
  more: { readonly keys?: readonly VendorKey[]; readonly clientIp?: string; readonly oneUse: boolean },
): Promise<Entitled> {
  const { db, clock, ids, config } = uses
  const hardware = await needsHardwareForHd(db, permit)
  const keys = more.keys ?? (await presentKeys(db, permit))
  const allowed = keys.filter((key) => permit.labels.includes(key.label) && isScheme(key.protection))
  return {
    permit,
    keys: allowed.map((key) => (hardware && isHigh(key) ? { ...key, hardware } : key)),
    now: clock.now(),
    id: ids.uuid(),
    oneUse: more.oneUse,
    ...(config.playbackBindsAddress && more.clientIp !== undefined && { clientIp: more.clientIp }),
  }
}

const isHigh = ({ label }: VendorKey): boolean => label === 'HD' || label === 'UHD'

/** Not a decision: what the vendor must ask of the device for the keys that the decision has let through. */
async function needsHardwareForHd(db: EntitlementNeeds['db'], { video }: Permit): Promise<boolean> {
  const rule = db.select({ hardware: playbackRules.hardwareForHd }).from(playbackRules)
  return (await rule.where(eq(playbackRules.videoId, video.id)))[0]?.hardware ?? false
}

async function presentKeys(db: EntitlementNeeds['db'], { video }: Permit): Promise<readonly VendorKey[]> {
  const facts = await keyFactsOf(db, video.id)
  return facts.filter((key) => key.generation === video.generation && key.edition === video.edition)
}

const ourDoor = ({ config }: EntitlementNeeds, system: VendorSystem, { session }: Permit): VendorLicense => ({
  url: `${config.publicOrigin}/v1/license/${system}`,
  headers: { 'x-skyreel-playback': session.token },
})

const certificateOf = (
  system: VendorSystem,
  { certificateUrl }: { readonly certificateUrl?: string | undefined },
) => (system === 'fairplay' && certificateUrl !== undefined ? { certificateUrl } : {})
