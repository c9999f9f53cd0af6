import { createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { testContext } from '../../../adapters/local/testing/column.ts'
import type { Ports } from '../../ports/ports.ts'
import { SecretMissing } from '../../ports/secrets.ts'
import { readXml, textOf, type XmlElement } from '../speke/xml.ts'
import { axinomMessage } from './axinom.ts'
import { buyDrmMessage } from './buydrm.ts'
import { doveRunnerToken, tokenHash } from './doverunner.ts'
import { openFromSite, sealForSite } from './doverunner-cipher.ts'
import { vendorLicenses } from './entitlement.ts'
import { type VendorSecrets, vendorSecrets } from './secret.ts'
import { aKeptEntitlement, anEntitlement, KEYS, SECRETS } from './testing/entitled.ts'

const golden = (name: string): string =>
  readFileSync(new URL(`testing/${name}`, import.meta.url), 'utf8').trimEnd()

const uses = (secret: unknown, config: Partial<Ports['config']> = {}) => {
  const text = typeof secret === 'string' ? secret : JSON.stringify(secret)
  const ids = { uuid: () => anEntitlement().id, secret: () => '' }
  return {
    secrets: { get: async () => text },
    clock: { now: () => anEntitlement().now, sleep: () => Promise.resolve() },
    ids,
    config: {
      publicOrigin: 'https://films.example',
      drmBy: 'axinom',
      playbackBindsAddress: false,
      ...config,
    },
    // No film has a rule here.
    db: { select: () => ({ from: () => ({ where: () => Promise.resolve([]) }) }) },
  } as unknown as Pick<Ports, 'secrets' | 'clock' | 'ids' | 'config' | 'db'>
}
const secretsOf = async (secret: unknown): Promise<VendorSecrets> => vendorSecrets(uses(secret))
const set = async <V extends keyof VendorSecrets>(vendor: V): Promise<NonNullable<VendorSecrets[V]>> => {
  const secret = (await secretsOf(SECRETS))[vendor]
  if (!secret) throw new Error(`the tests have no secret of ${vendor}`)
  return secret
}

describe('a message for Axinom', () => {
  const claims = async (to = anEntitlement()) => {
    const key = Buffer.from(SECRETS.axinom.communicationKey, 'base64')
    const { payload } = await jwtVerify(axinomMessage(await set('axinom'), to), key, {
      algorithms: ['HS256'],
    })
    // Read as by somebody who knows nothing of ours: an absent field is the finding.
    return payload as ReturnType<JSON['parse']>
  }
  it('is always the same bytes for the same entitlement', async () => {
    expect(axinomMessage(await set('axinom'), anEntitlement())).toBe(golden('axinom.jwt'))
  })
  it('verifies with the communication key', async () => {
    expect((await claims()).com_key_id).toBe(SECRETS.axinom.communicationKeyId)
  })
  it('names each key as a GUID with its policy', async () => {
    expect((await claims()).message.content_keys_source.inline).toEqual([
      { id: '11111111-1111-1111-1111-11111111aaaa', usage_policy: 'software' },
      { id: '22222222-2222-2222-2222-22222222bbbb', usage_policy: 'software' },
      { id: '33333333-3333-3333-3333-33333333cccc', usage_policy: 'hardware' },
    ])
  })
  it('has a policy of each name that a key refers to', async () => {
    const { content_key_usage_policies: policies } = (await claims()).message
    expect(policies.map(({ name }: { name: string }) => name)).toEqual(['software', 'hardware'])
  })
  it('ends the licence when the permit does', async () => {
    expect((await claims()).message.license).toEqual({
      start_datetime: '2026-01-01T00:00:00.000Z',
      expiration_datetime: '2026-01-01T00:05:00.000Z',
      allow_persistence: false,
    })
  })
  it('lets a licence be kept until its day', async () => {
    const { license } = (await claims(aKeptEntitlement())).message
    expect([license.allow_persistence, license.expiration_datetime]).toEqual([
      true,
      '2026-01-03T00:00:00.000Z',
    ])
  })
  it('is good for one request where it says so', async () => {
    const { access_control: access } = (await claims(anEntitlement({ oneUse: true }))).message.license_server
    expect(access.prevent_drm_message_reuse).toBe(true)
  })
  it('is bound to an address where one is named', async () => {
    const { access_control: access } = (await claims(anEntitlement({ clientIp: '192.0.2.7' }))).message
      .license_server
    expect(access.allowed_ip_addresses).toEqual(['192.0.2.7'])
  })
})

/** https://pallycon.com/docs/en/multidrm/license/license-token-tutorial/ : input and results of its steps 2 and 3. */
const TUTORIAL = {
  rule: '{"playback_policy":{"limit":true,"persistent":false,"duration":3600}}',
  encrypted:
    'bO9DzyQgtgfbSDWmqGgZXWZdWm7M4oZ4X0hC1hS6QNraiwLI0LwmNY+OfOh1L0KmtuH7NF1blUxep9YLWrNfSy4H/6swQW7pbjZnRqRguDQ=',
  hash: '0Zef3WHBbzQAR0oGf5KXn25G1TmvB2Bkvzv+7OqIWvQ=',
}

describe('a token for DoveRunner', () => {
  const { siteKey } = SECRETS.doverunner
  const opened = async (system: 'widevine' | 'fairplay' = 'widevine', to = anEntitlement()) => {
    const token = JSON.parse(
      Buffer.from(doveRunnerToken(await set('doverunner'), system, to), 'base64').toString(),
    )
    const policy = openFromSite(siteKey, token.policy)
    return { token, policy: JSON.parse(Buffer.from(policy ?? []).toString()) }
  }
  it('is always the same bytes for the same entitlement', async () => {
    expect(doveRunnerToken(await set('doverunner'), 'widevine', anEntitlement())).toBe(
      golden('doverunner.token'),
    )
  })
  it('encrypts as the vendor’s tutorial does', () => {
    expect(sealForSite(siteKey, TUTORIAL.rule)).toBe(TUTORIAL.encrypted)
  })
  it('hashes as the vendor’s tutorial does', async () => {
    const parts = {
      drm_type: 'Widevine',
      user_id: 'test-user',
      cid: 'bigbuckbunny',
      policy: TUTORIAL.encrypted,
    }
    const hash = tokenHash(await set('doverunner'), { ...parts, timestamp: '2019-07-17T08:57:04Z' })
    expect(hash).toBe(TUTORIAL.hash)
  })
  it('is for one DRM system, user and film', async () => {
    const { drm_type, site_id, user_id, cid, timestamp } = (await opened('fairplay')).token
    expect({ drm_type, site_id, user_id, cid, timestamp }).toEqual({
      drm_type: 'FairPlay',
      site_id: 'TUTO',
      user_id: '0190cccccccc7000800000000000abcd',
      cid: 'vid_0190aaaaaaaa7000800000000000abcd',
      timestamp: '2026-01-01T00:00:00Z',
    })
  })
  it('ends a licence that is not kept after seconds', async () => {
    expect((await opened()).policy.playback_policy).toEqual({
      persistent: false,
      license_duration: 300,
      allowed_track_types: 'SD_HD',
    })
  })
  it('ends a licence that is kept on its day', async () => {
    expect((await opened('widevine', aKeptEntitlement())).policy.playback_policy).toEqual({
      persistent: true,
      expire_date: '2026-01-03T00:00:00Z',
      allowed_track_types: 'SD_HD',
    })
  })
  it('asks for hardware where a key does', async () => {
    const policy = (await opened()).policy.security_policy
    expect(
      policy.map((track: { track_type: string; widevine: { security_level: number } }) => [
        track.track_type,
        track.widevine.security_level,
      ]),
    ).toEqual([
      ['AUDIO', 1],
      ['SD', 1],
      ['HD', 5],
    ])
  })
  it('brings keys along that the vendor does not have', async () => {
    const [key, iv] = [Buffer.alloc(16, 1), Buffer.alloc(16, 2)]
    const keys = [{ keyId: KEYS.SD, label: 'SD', protection: 'cbcs', key, iv } as const]
    expect((await opened('fairplay', anEntitlement({ keys }))).policy.external_key).toEqual({
      hls_aes: [{ track_type: 'SD', key_id: KEYS.SD, key: '01'.repeat(16), iv: '02'.repeat(16) }],
    })
  })
})

describe('a message for BuyDRM', () => {
  const sent = async (to = anEntitlement()) =>
    Buffer.from(buyDrmMessage(await set('buydrm'), to), 'base64').toString()
  const within = (root: XmlElement, ...path: string[]): XmlElement =>
    path.reduce(
      (at, local) =>
        at.children.find((node) => typeof node !== 'string' && node.local === local) as XmlElement,
      root,
    )

  it('is always the same bytes for the same entitlement', async () => {
    expect(await sent()).toBe(golden('keyos.xml'))
  })
  it('is signed over its data as it stands', async () => {
    const [, data = '', signature = ''] =
      /^<KeyOSAuthenticationXML>(<Data>.*<\/Data>)<Signature>(.*)<\/Signature>/.exec(await sent()) ?? []
    const key = createPublicKey(SECRETS.buydrm.privateKey)
    expect(verify('sha256', Buffer.from(data), key, Buffer.from(signature, 'base64'))).toBe(true)
  })
  it('names the keys as GUIDs', async () => {
    const list = within(readXml(await sent()), 'Data', 'KeyIDList')
    expect(list.children.map((node) => (typeof node === 'string' ? '' : textOf(node)))).toEqual([
      '11111111-1111-1111-1111-11111111aaaa',
      '22222222-2222-2222-2222-22222222bbbb',
      '33333333-3333-3333-3333-33333333cccc',
    ])
  })
  it('ends the licence when the permit does', async () => {
    const duration = within(readXml(await sent()), 'Data', 'WidevinePolicy', 'LicenseDuration')
    expect(textOf(duration)).toBe('300')
  })
  it('is over with the playback token', async () => {
    expect(textOf(within(readXml(await sent()), 'Data', 'ExpirationTime'))).toBe('2026-01-01 00:05:00')
  })
})

describe('the licence servers of a vendor', () => {
  const { permit, keys } = anEntitlement()
  const licenses = (secret: unknown, config: Partial<Ports['config']> = {}, film = permit) =>
    vendorLicenses(uses(secret, config), testContext(), film, { keys })
  const systems = async (...of: Parameters<typeof licenses>) => Object.keys(await licenses(...of))

  it('are those that are set up', async () => {
    expect(await systems(SECRETS)).toEqual(['widevine', 'playready'])
  })
  it('of DoveRunner are all three', async () => {
    expect(await systems(SECRETS, { drmBy: 'doverunner' })).toEqual(['widevine', 'playready', 'fairplay'])
  })
  it('leave out FairPlay for cenc', async () => {
    const film = { ...permit, video: { ...permit.video, protection: 'cenc' as const } }
    expect(await systems(SECRETS, { drmBy: 'doverunner' }, film)).toEqual(['widevine', 'playready'])
  })
  it('of BuyDRM are Widevine alone: for no other the end of a licence is known', async () => {
    expect(await systems(SECRETS, { drmBy: 'buydrm' })).toEqual(['widevine'])
  })
  it('are none where we answer ourselves', async () => {
    expect(await systems(SECRETS, { drmBy: 'own' })).toEqual([])
  })
  it('are none for whole segments', async () => {
    expect(
      await systems(SECRETS, {}, { ...permit, video: { ...permit.video, protection: 'aes-128' } }),
    ).toEqual([])
  })
  it('get no key of a quality that the permit does not have', async () => {
    const { widevine } = await licenses(SECRETS, {}, { ...permit, labels: ['AUDIO', 'SD'] })
    const payload = JSON.parse(
      Buffer.from(widevine?.headers['x-axdrm-message']?.split('.')[1] ?? '', 'base64url').toString(),
    )
    expect(payload.message.content_keys_source.inline).toHaveLength(2)
  })
  it('are none without a key', async () => {
    expect(await systems(SECRETS, {}, { ...permit, labels: ['UHD'] })).toEqual([])
  })
  it('are our own address where we stand in between', async () => {
    const secret = {
      doverunner: { ...SECRETS.doverunner, proxy: true, certificateUrl: 'https://drm.example/cert' },
    }
    expect((await licenses(secret, { drmBy: 'doverunner' })).fairplay).toEqual({
      url: 'https://films.example/v1/license/fairplay',
      headers: { 'x-skyreel-playback': 'token-of-the-session' },
      certificateUrl: 'https://drm.example/cert',
    })
  })
  it('are told as not set up where the secret says nothing of the vendor', async () => {
    const { buydrm: _, ...others } = SECRETS
    await expect(licenses(others, { drmBy: 'buydrm' })).rejects.toMatchObject({
      facts: { code: 'drm-not-set-up' },
    })
  })
  it('are told as not set up where there is no secret', async () => {
    const gone = { ...uses(''), secrets: { get: () => Promise.reject(new SecretMissing('gone')) } }
    const asked = vendorLicenses(gone, testContext(), permit, { keys })
    await expect(asked).rejects.toMatchObject({ facts: { code: 'drm-not-set-up' } })
  })
})

describe('the secret drm-vendors', () => {
  const { doverunner, axinom } = SECRETS
  it.each([
    ['no JSON', `{"axinom":{"communicationKey":"${axinom.communicationKey}"`],
    ['a vendor that we do not know', { verimatrix: {} }],
    ['a field that we do not know', { doverunner: { ...doverunner, siteky: 'x' } }],
    ['a site key that is too short', { doverunner: { ...doverunner, siteKey: 'short' } }],
    ['an address without TLS', { axinom: { ...axinom, licenseUrls: { widevine: 'http://drm.example/' } } }],
    ['keys that would reach a page', { doverunner: { ...doverunner, externalKeys: true } }],
    ['three callback secrets', { skyreel: { secrets: Array(3).fill('x'.repeat(32)) } }],
  ])('is refused without being quoted: %s', async (_, secret) => {
    await expect(secretsOf(secret)).rejects.toThrow(
      /^the secret drm-vendors is not the JSON that docs\/drm.md says$/,
    )
  })
})
