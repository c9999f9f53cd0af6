import { describe, expect, it } from 'vitest'
import { readGcpConfig } from './config.ts'
import { anEnv } from './testing/env.ts'

describe('the configuration of Google Cloud', () => {
  it('reads buckets, consumers and endpoints', () => {
    expect(readGcpConfig(anEnv({ SKYREEL_CONSUMERS: 'a,b' }))).toMatchObject({
      buckets: { uploads: 'demo-uploads', media: 'demo-media' },
      consumers: ['a', 'b'],
      endpoints: { storage: 'https://storage.googleapis.com' },
    })
  })
  it('names every wrong or missing variable with its rule', () => {
    const env = anEnv({ SKYREEL_BUS: undefined, SKYREEL_CDN_ORIGIN: 'media.example.org/path' })
    expect(() => readGcpConfig(env)).toThrow(
      /SKYREEL_BUS is missing: the name of a Pub\/Sub topic\nSKYREEL_CDN_ORIGIN is wrong: an origin without/,
    )
  })
  it.each(['films', 'projects/p/locations/global/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1'])(
    'takes no %s for a key of Cloud KMS',
    (key) => {
      expect(() => readGcpConfig(anEnv({ SKYREEL_KEY_VAULT_KEY: key }))).toThrow(
        'SKYREEL_KEY_VAULT_KEY is wrong',
      )
    },
  )
  it('does not print the value of a wrong token', () => {
    expect(() => readGcpConfig(anEnv({ SKYREEL_GCP_TOKEN: 'hush hush' }))).toThrow(
      /^(?!.*hush)[\s\S]*SKYREEL_GCP_TOKEN is wrong/,
    )
  })
})
