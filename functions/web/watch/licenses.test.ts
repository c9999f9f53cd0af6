import { describe, expect, it } from 'vitest'
import { addLicenseHeaders, drmConfigOf } from './licenses.ts'

const OURS = { url: 'https://api.test/v1/license/clearkey', headers: { 'x-skyreel-playback': 'old' } }
const VENDOR = { url: 'https://drm.vendor.test/license', headers: { 'x-vendor': 'entitlement' } }

const headersFor = (uri: string) => {
  const request = { uris: [uri], headers: {} as Record<string, string> }
  addLicenseHeaders(request, { clearkey: OURS, widevine: VENDOR }, () => 'new')
  return request.headers
}

describe('addLicenseHeaders', () => {
  it('sends the token as it is now and not as it was', () => {
    expect(headersFor(OURS.url)).toEqual({ 'x-skyreel-playback': 'new' })
  })

  it('sends a vendor its own header, and our token not', () => {
    expect(headersFor(VENDOR.url)).toEqual({ 'x-vendor': 'entitlement' })
  })

  it.each(['https://media.test/videos/1/g1/init.mp4', 'https://api.test/v1/license/clearkey/../../other'])(
    'sends nothing to %s',
    (uri) => {
      expect(headersFor(uri)).toEqual({})
    },
  )

  it('sends the token with the request for a certificate', () => {
    const fairplay = { ...OURS, url: 'https://api.test/f', certificateUrl: 'https://api.test/c' }
    const request = { uris: ['https://api.test/c'], headers: {} as Record<string, string> }
    addLicenseHeaders(request, { fairplay }, () => 'new')
    expect(request.headers).toEqual({ 'x-skyreel-playback': 'new' })
  })
})

describe('drmConfigOf', () => {
  it('prefers what keeps keys better, and names what is there alone', () => {
    expect(drmConfigOf({ clearkey: OURS, widevine: VENDOR })).toEqual({
      servers: { 'com.widevine.alpha': VENDOR.url, 'org.w3.clearkey': OURS.url },
      preferredKeySystems: ['com.widevine.alpha', 'org.w3.clearkey'],
    })
  })

  it('says where the certificate of FairPlay is', () => {
    const fairplay = { ...OURS, certificateUrl: 'https://api.test/c' }
    expect(drmConfigOf({ fairplay }).advanced).toEqual({
      'com.apple.fps': { serverCertificateUri: 'https://api.test/c' },
    })
  })
})
