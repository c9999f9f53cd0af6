import type { Permit } from '../playback/ask.ts'
import type { KeyLabel } from '../protection/model.ts'
import type { ContentKey } from './content-keys.ts'
import type { WidevineKeySpec, WidevinePolicy } from './widevine-message.ts'

const TRACK_TYPES = { AUDIO: 'AUDIO', SD: 'SD', HD: 'HD', UHD: 'UHD1' } as const satisfies Record<
  KeyLabel,
  string
>

/**
 * The keys with what each asks of the device. `hardwareForHd` is the owner's rule: the service then gives HD and UHD to devices
 * that keep key, decoder and picture in hardware (L1) alone. UHD leaves the device only over HDCP 2.
 */
export function keySpecs(keys: readonly ContentKey[], hardwareForHd: boolean): WidevineKeySpec[] {
  return keys.map(({ keyId, label, key }) => ({
    track_type: TRACK_TYPES[label],
    key_id: Buffer.from(keyId, 'hex').toString('base64'),
    key: Buffer.from(key).toString('base64'),
    security_level: hardwareForHd && (label === 'HD' || label === 'UHD') ? 5 : 1,
    required_output_protection: { hdcp: label === 'UHD' ? 'HDCP_V2' : 'HDCP_NONE' },
  }))
}

interface At {
  readonly now: Date
  readonly renewalUrl: string
  /** Asked for. Without it a device that asks to keep the licence gets none. */
  readonly persist: boolean
}

/** How long the licence is good. One that plays at once is renewed before it ends; one that is kept is not renewed. */
export function licensePolicy(
  { licenseSeconds, persistUntil }: Pick<Permit, 'licenseSeconds' | 'persistUntil'>,
  { now, renewalUrl, persist }: At,
): WidevinePolicy {
  if (persist && persistUntil) return keptPolicy(Math.floor((persistUntil.getTime() - now.getTime()) / 1000))
  const renewal_delay_seconds = Math.floor(licenseSeconds * 0.6)
  return {
    ...{ can_play: true, can_persist: false, can_renew: true },
    license_duration_seconds: licenseSeconds,
    ...{ playback_duration_seconds: 0, rental_duration_seconds: 0 },
    renewal_delay_seconds,
    // 0 would play on without end while renewals are refused, and so keep a viewer in who was put out.
    renewal_recovery_duration_seconds: licenseSeconds - renewal_delay_seconds,
    renewal_retry_interval_seconds: Math.max(5, Math.floor(licenseSeconds / 20)),
    renewal_server_url: renewalUrl,
  }
}

function keptPolicy(left: number): WidevinePolicy {
  // 0 is without an end.
  const seconds = Math.max(1, left)
  return {
    ...{ can_play: true, can_persist: true, can_renew: false },
    license_duration_seconds: seconds,
    ...{ playback_duration_seconds: seconds, rental_duration_seconds: seconds },
  }
}
