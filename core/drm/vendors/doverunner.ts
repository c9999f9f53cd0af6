import { createHash } from 'node:crypto'
import type { KeyLabel } from '../../protection/model.ts'
import { uuidOf } from '../../run/id.ts'
import { sealForSite } from './doverunner-cipher.ts'
import { type Entitled, licenseEnd, toTheSecond, type VendorKey } from './entitled.ts'
import type { DoveRunnerSecret, VendorSystem } from './secret.ts'

export const DOVERUNNER_HEADER = 'pallycon-customdata-v2'

const DRM_TYPES = { widevine: 'Widevine', playready: 'PlayReady', fairplay: 'FairPlay' } as const
type Site = Pick<DoveRunnerSecret, 'siteId' | 'siteKey' | 'accessKey'>

/**
 * A licence token with a policy of version 2.0. https://pallycon.com/docs/en/multidrm/license/license-token/
 *
 * Cipher, hash and base64 are held to the values that the vendor publishes; unverified: no licence was asked of the live
 * service. A token is good for the seconds that the vendor's console says (600 unless changed there) after its timestamp.
 */
export function doveRunnerToken(site: Site, system: VendorSystem, to: Entitled): string {
  const { session, video } = to.permit
  return licenseToken(site, {
    drm_type: DRM_TYPES[system],
    user_id: session.userId === null ? 'LICENSETOKEN' : uuidOf(session.userId),
    cid: video.id,
    policy: sealForSite(site.siteKey, JSON.stringify(policyOf(to, system))),
    timestamp: toTheSecond(to.now),
  })
}

interface TokenParts {
  readonly drm_type: string
  readonly user_id: string
  readonly cid: string
  /** As `sealForSite` gives it. */
  readonly policy: string
  readonly timestamp: string
}

/** Base64 of the token's JSON with its hash. */
function licenseToken(site: Site, parts: TokenParts): string {
  const { drm_type, user_id, cid, policy, timestamp } = parts
  const hash = tokenHash(site, parts)
  const token = { drm_type, site_id: site.siteId, user_id, cid, policy, timestamp, hash }
  return Buffer.from(JSON.stringify({ ...token, response_format: 'original' })).toString('base64')
}

/** The access key goes in front and nothing stands between: that is their form, and a length extension stays outside of it. */
export function tokenHash({ accessKey, siteId }: Site, parts: TokenParts): string {
  const { drm_type, user_id, cid, policy, timestamp } = parts
  const input = accessKey + drm_type + siteId + user_id + cid + policy + timestamp
  return createHash('sha256').update(input).digest('base64')
}

function policyOf(to: Entitled, system: VendorSystem) {
  const { end, persist } = licenseEnd(to)
  // A duration would make them ignore the date.
  const until = persist ? { expire_date: toTheSecond(end) } : { license_duration: to.permit.licenseSeconds }
  const external = externalKeys(to.keys, system)
  return {
    policy_version: 2,
    playback_policy: {
      persistent: persist,
      ...until,
      allowed_track_types: trackTypes(to.keys.map(({ label }) => label)),
    },
    security_policy: to.keys.map(securityOf),
    ...(external && { external_key: external }),
  }
}

function trackTypes(labels: readonly KeyLabel[]): string {
  if (labels.includes('UHD')) return 'ALL'
  return labels.includes('HD') ? 'SD_HD' : 'SD_ONLY'
}

const TRACK_TYPE: Readonly<Record<KeyLabel, string>> = { AUDIO: 'AUDIO', SD: 'SD', HD: 'HD', UHD: 'UHD1' }

function securityOf({ label, hardware }: VendorKey) {
  const levels = hardware
    ? { widevine: { security_level: 5 }, playready: { security_level: 3000 } }
    : { widevine: { security_level: 1 }, playready: { security_level: 2000 } }
  return { track_type: TRACK_TYPE[label], ...levels }
}

/** Keys travel inside the sealed policy, and only from us to the vendor: see `proxy`. */
function externalKeys(keys: readonly VendorKey[], system: VendorSystem) {
  const ours = keys.flatMap(({ keyId, label, key, iv }) =>
    key && iv ? [{ track_type: TRACK_TYPE[label], key_id: keyId, key: hex(key), iv: hex(iv) }] : [],
  )
  if (ours.length === 0) return undefined
  return system === 'fairplay' ? { hls_aes: ours } : { mpeg_cenc: ours }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
