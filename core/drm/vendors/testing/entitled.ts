import type { Permit } from '../../../playback/ask.ts'
import type { Entitled } from '../entitled.ts'
import { KEYOS_TEST_KEY } from './keyos-key.ts'

export const KEYS = {
  AUDIO: '1111111111111111111111111111aaaa',
  SD: '2222222222222222222222222222bbbb',
  HD: '3333333333333333333333333333cccc',
} as const

/** Always the same: what is written from it must be the same bytes. */
export function anEntitlement(more: Partial<Entitled> = {}): Entitled {
  const permit = {
    video: { id: 'vid_0190aaaaaaaa7000800000000000abcd', protection: 'cbcs' },
    session: {
      id: 'pbs_0190bbbbbbbb7000800000000000abcd',
      userId: 'usr_0190cccccccc7000800000000000abcd',
      deviceId: 'device-one',
      token: 'token-of-the-session',
      tokenExpiresAt: new Date('2026-01-01T00:05:00.000Z'),
    },
    labels: ['AUDIO', 'SD', 'HD'],
    licenseSeconds: 300,
  } as unknown as Permit
  return {
    permit,
    keys: [
      { keyId: KEYS.AUDIO, label: 'AUDIO', protection: 'cbcs' },
      { keyId: KEYS.SD, label: 'SD', protection: 'cbcs' },
      { keyId: KEYS.HD, label: 'HD', protection: 'cbcs', hardware: true },
    ],
    now: new Date('2026-01-01T00:00:00.000Z'),
    id: '01900000-0000-7000-8000-00000000abcd',
    oneUse: false,
    ...more,
  }
}

/** The same with the right to keep it for two days. */
export function aKeptEntitlement(): Entitled {
  const { permit, ...rest } = anEntitlement()
  return { ...rest, permit: { ...permit, persistUntil: new Date('2026-01-03T00:00:00.000Z') } }
}

/** Of nobody: made for these tests, except those of DoveRunner, which its tutorial publishes. */
export const SECRETS = {
  axinom: {
    communicationKeyId: '12196546-a312-4a4e-ab65-c19bccce1adf',
    communicationKey: Buffer.alloc(32, 7).toString('base64'),
    licenseUrls: {
      widevine: 'https://drm-widevine.example/AcquireLicense',
      playready: 'https://drm-playready.example/AcquireLicense',
    },
  },
  doverunner: {
    siteId: 'TUTO',
    siteKey: 'lU5D8s3PWoLls3PWFWkClULlFWk5D8oC',
    accessKey: 'LT2FVJDp2Xr018zf4Di6lzvNOv3DKP20',
  },
  buydrm: {
    keyId: '20a04a8bb1fea9ec1608889377507842',
    privateKey: KEYOS_TEST_KEY,
    digest: 'sha256',
    licenseUrl: 'https://widevine.example/api/v4/getLicense',
  },
  skyreel: { secrets: ['first-callback-secret-of-32-characters', 'second-callback-secret-of-32-chars--'] },
} as const
