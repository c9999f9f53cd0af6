import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { TEST_SIGNER } from '../../adapters/local/testing/widevine-server.ts'
import { widevineEnvelope, widevineMessage, widevineSignature } from './widevine-message.ts'

const SIGNER = {
  signer: TEST_SIGNER.signer,
  key: Buffer.from(TEST_SIGNER.key, 'hex'),
  iv: Buffer.from(TEST_SIGNER.iv, 'hex'),
}

/** "Widevine DRM Proxy Integration", Sample Request (with signing): message and signature as published. */
const PUBLISHED = Buffer.from(
  'ewogICJwYXlsb2FkIiA6ICJDQUVTaEFFS1RBZ0FFa2dBQUFBQ0FBQVFXUFhiaHRiL3E0M2YzU2Z1QzJWUDNxMGplQUVDVzNlbVFrV24yd1hDWVZPbnZsV1BETnFoOFZWSUI0R21zTkE4ZVZWRmlnWGtRV0lHTjBHbGdNS2pwVUVTTEFvcUNoUUlBUklRSk1QQ3psMmJWaXlNUUV0eUsvZ3RtUkFCR2hBeU5XWTNPRE16TVRjeU1tSmpNMkV5R0FFZ3Y1aVFrQVVhSUMzT04xelZnZVYwclA3dzJWbVZMR29ycUNsY01RTzRCZGJIUHlrM0dzblkiLAogICJwcm92aWRlciIgOiAid2lkZXZpbmVfdGVzdCIsCiAgImNvbnRlbnRfaWQiOiAiWm10cU0yeHFZVk5rWm1Gc2EzSXphZz09IiwKICAiY29udGVudF9rZXlfc3BlY3MiOiBbCiAgICB7ICJ0cmFja190eXBlIjogIlNEIiB9LAogICAgeyAidHJhY2tfdHlwZSI6ICJIRCIgfSwKICAgIHsgInRyYWNrX3R5cGUiOiAiQVVESU8iIH0KICBdCn0K',
  'base64',
).toString('latin1')
const SIGNATURE = 'xPkAbb3tjOY/ybdz0tmJMq9erH9ILnS5natMZr3QEW8='

describe('the published sample of Widevine’s proxy guide', () => {
  it('has the hash that it is known by', () => {
    expect(createHash('sha1').update(PUBLISHED).digest('hex')).toBe(
      'c6ee6d37a94af8413030603dd2d4dbb0fe6ea4d6',
    )
  })
  it('gets the published signature', () => {
    expect(widevineSignature(PUBLISHED, SIGNER)).toBe(SIGNATURE)
  })
  it('is put into the published envelope', () => {
    expect(JSON.parse(widevineEnvelope(PUBLISHED, SIGNER))).toEqual({
      request: Buffer.from(PUBLISHED).toString('base64'),
      signature: SIGNATURE,
      signer: 'widevine_test',
    })
  })
})

describe('a message', () => {
  it('is JSON of challenge and facts', () => {
    const message = widevineMessage(Uint8Array.of(8, 1, 18, 255), {
      provider: 'a "provider"',
      content_id: 'eA==',
    })
    expect(JSON.parse(message)).toEqual({
      payload: 'CAES/w==',
      provider: 'a "provider"',
      content_id: 'eA==',
    })
  })
  it('holds the bytes of a view, and not of the whole buffer behind it', () => {
    const view = Uint8Array.of(1, 8, 4, 2).subarray(1, 3)
    expect(JSON.parse(widevineMessage(view, { provider: 'p' }))).toEqual({
      payload: 'CAQ=',
      provider: 'p',
    })
  })
  it('is ASCII, whatever the names in it', () => {
    const message = widevineMessage(Uint8Array.of(8), { provider: 'Söder 🎬' })
    expect([/^[ -~]*$/.test(message), JSON.parse(message)]).toEqual([
      true,
      { payload: 'CA==', provider: 'Söder 🎬' },
    ])
  })
})
