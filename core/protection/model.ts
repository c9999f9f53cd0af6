/** How a film's tracks are protected on their way and at rest (`aes-128`: HLS, whole segments; the others: CMAF samples). */
export const PROTECTIONS = ['clear', 'aes-128', 'cenc', 'cbcs'] as const
export type Protection = (typeof PROTECTIONS)[number]

/** Schemes of ISO/IEC 23001-7: `cenc` is AES-CTR over whole samples, `cbcs` AES-CBC over a pattern of each slice. */
export type Scheme = Extract<Protection, 'cenc' | 'cbcs'>

export const isScheme = (protection: Protection): protection is Scheme =>
  protection === 'cenc' || protection === 'cbcs'

/** Tracks that share a key, so that a licence can withhold the better ones. */
export const KEY_LABELS = ['AUDIO', 'SD', 'HD', 'UHD'] as const
export type KeyLabel = (typeof KEY_LABELS)[number]

/** Of a video track by the shorter side of its picture in pixels: up to 576 is SD, up to 1080 HD. */
export function keyLabelOf({ width, height }: { readonly width: number; readonly height: number }): KeyLabel {
  const shortSide = Math.min(width, height)
  // A source a little short of a step keeps its own size: 1919x1079 is a 1080p film.
  if (shortSide <= 576) return 'SD'
  return shortSide <= 1088 ? 'HD' : 'UHD'
}

/** UUIDs of DRM systems, as `pssh` boxes and manifests name them (dashif.org/identifiers/content_protection). */
export const SYSTEM_IDS = {
  clearkey: '1077efec-c0b2-4d02-ace3-3c1e52e2fb4b',
  widevine: 'edef8ba9-79d6-4ace-a3c8-27dcd51d21ed',
  playready: '9a04f079-9840-4286-ab92-e65be0885f95',
  fairplay: '94ce86fb-07ff-4f43-adb8-93d2fa968ca2',
} as const
