/** Systems whose licences we hand out or pass on. */
export const DRM_SYSTEMS = ['clearkey', 'widevine', 'playready', 'fairplay'] as const
export type DrmSystem = (typeof DRM_SYSTEMS)[number]

/**
 * How well a device keeps a key, as its licence request proves: `software` is Widevine L3, PlayReady SL2000 and Clear Key;
 * `hardware` is Widevine L1, PlayReady SL3000 and FairPlay.
 */
export type SecurityLevel = 'software' | 'hardware'

/** Vendors that hand out licences for entitlements that we sign. */
export const DRM_VENDORS = ['axinom', 'doverunner', 'buydrm'] as const
export type DrmVendor = (typeof DRM_VENDORS)[number]
