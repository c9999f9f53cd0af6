import { describe, expect, it } from 'vitest'
import type { KeyLabel } from '../protection/model.ts'
import { keySpecs, licensePolicy } from './widevine-policy.ts'

const aKey = (label: KeyLabel) => ({
  ...({ label, protection: 'cenc', keyId: 'a7e61c373e219033c21091fa607bf3b8' } as const),
  ...{ key: new Uint8Array(16).fill(1), iv: new Uint8Array(16) },
})
const ALL = (['AUDIO', 'SD', 'HD', 'UHD'] as const).map(aKey)
const NOW = new Date('2026-01-01T00:00:00Z')
const AT = { now: NOW, renewalUrl: 'https://api.example.org/v1/license/widevine', persist: false }

describe('the keys that a licence may hold', () => {
  it('name track, id and key as the service has them', () => {
    expect(keySpecs([aKey('UHD')], false)).toEqual([
      {
        track_type: 'UHD1',
        key_id: 'p+YcNz4hkDPCEJH6YHvzuA==',
        key: 'AQEBAQEBAQEBAQEBAQEBAQ==',
        security_level: 1,
        required_output_protection: { hdcp: 'HDCP_V2' },
      },
    ])
  })
  it('go to any device without the owner’s rule', () => {
    expect(keySpecs(ALL, false).map(({ security_level }) => security_level)).toEqual([1, 1, 1, 1])
  })
  it('want hardware for HD and UHD by the owner’s rule', () => {
    expect(keySpecs(ALL, true).map(({ security_level }) => security_level)).toEqual([1, 1, 5, 5])
  })
  it('want HDCP for UHD alone', () => {
    const wanted = keySpecs(ALL, false).filter((spec) => spec.required_output_protection.hdcp !== 'HDCP_NONE')
    expect(wanted.map(({ track_type }) => track_type)).toEqual(['UHD1'])
  })
})

describe('the terms of a licence', () => {
  it('to play now end, and are renewed before', () => {
    expect(licensePolicy({ licenseSeconds: 300 }, AT)).toMatchObject({
      can_play: true,
      can_persist: false,
      can_renew: true,
      license_duration_seconds: 300,
      renewal_delay_seconds: 180,
      renewal_server_url: AT.renewalUrl,
    })
  })
  it.each([30, 31, 300, 86_400])(
    'of %d s leave whoever is refused a renewal no second more',
    (licenseSeconds) => {
      const policy = licensePolicy({ licenseSeconds }, AT)
      const { renewal_delay_seconds: delay = 0, renewal_recovery_duration_seconds: recovery = 0 } = policy
      expect([delay + recovery, recovery > 0]).toEqual([licenseSeconds, true])
    },
  )
  const persistUntil = new Date(NOW.getTime() + 7_200_500)
  it('to keep end with the rights, and are not renewed', () => {
    const policy = licensePolicy({ licenseSeconds: 300, persistUntil }, { ...AT, persist: true })
    expect(policy).toEqual({
      ...{ can_play: true, can_persist: true, can_renew: false },
      ...{ license_duration_seconds: 7200, playback_duration_seconds: 7200, rental_duration_seconds: 7200 },
    })
  })
  it('to keep never have 0 seconds, which has no end', () => {
    const policy = licensePolicy({ licenseSeconds: 300, persistUntil: NOW }, { ...AT, persist: true })
    expect(policy.license_duration_seconds).toBe(1)
  })
  it('are not for keeping where nobody asked for that', () => {
    expect(licensePolicy({ licenseSeconds: 300, persistUntil }, AT).can_persist).toBe(false)
  })
})
