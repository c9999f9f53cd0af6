import type { Permit } from '../../playback/ask.ts'
import type { KeyLabel, Protection } from '../../protection/model.ts'

/** A key that an entitlement names. */
export interface VendorKey {
  /** 32 hex digits. */
  readonly keyId: string
  readonly label: KeyLabel
  readonly protection: Protection
  /** Only for devices that keep keys in hardware: the vendor holds to it. */
  readonly hardware?: boolean
  /** 16 bytes each, where the vendor gets the keys with the entitlement. */
  readonly key?: Uint8Array
  readonly iv?: Uint8Array
}

/** Who may have what, until when: from this each vendor's entitlement is written. */
export interface Entitled {
  readonly permit: Permit
  readonly keys: readonly VendorKey[]
  readonly now: Date
  /** A UUID that no other entitlement has. */
  readonly id: string
  /** Good for one licence request alone. */
  readonly oneUse: boolean
  /** Nobody else's address may use it. */
  readonly clientIp?: string
}

/** When the licence is over, and whether it may be kept until then. */
export function licenseEnd({ permit, now }: Entitled): { readonly end: Date; readonly persist: boolean } {
  const { persistUntil, licenseSeconds } = permit
  if (persistUntil) return { end: persistUntil, persist: true }
  return { end: new Date(now.getTime() + licenseSeconds * 1000), persist: false }
}

/** `2026-11-21T12:00:00Z`. */
export const toTheSecond = (at: Date): string => at.toISOString().replace(/\.\d{3}Z$/, 'Z')
