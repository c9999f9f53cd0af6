import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type LicenseDesk, openLicenseDesk } from '../../../adapters/local/testing/license-desk.ts'
import {
  type LicenseServer,
  openLicenseServer,
  type ServerAnswer,
} from '../../../adapters/local/testing/license-server.ts'
import type { HttpResponse } from '../../http/response.ts'
import { createRouter } from '../../http/router.ts'
import { aRequest, jsonOf } from '../../http/testing/request.ts'
import { playbackRules, playbackSessions } from '../../playback/schema.ts'
import { licenseRoutes } from '../license-routes.ts'
import type { DrmVendor } from '../model.ts'
import { openFromSite, sealForSite } from './doverunner-cipher.ts'
import type { VendorSystem } from './secret.ts'
import { SECRETS } from './testing/entitled.ts'

type Rules = Partial<typeof playbackRules.$inferInsert>
const router = createRouter(licenseRoutes, async () => undefined)
const LICENSE = { status: 200, type: 'application/octet-stream', body: 'the licence' }
let desk: LicenseDesk
let server: LicenseServer
let answer: ServerAnswer | undefined
beforeAll(async () => {
  desk = await openLicenseDesk()
  server = await openLicenseServer(() => answer)
})
beforeEach(() => {
  answer = LICENSE
  setUp({})
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await desk[Symbol.asyncDispose]()
})

function setUp(doverunner: Record<string, unknown>): void {
  const site = { ...SECRETS.doverunner, licenseUrl: `${server.origin}/ri/licenseManager.do`, proxy: true }
  const axinom = { ...SECRETS.axinom, licenseUrls: { widevine: `${server.origin}/AcquireLicense` } }
  desk.secrets['drm-vendors'] = JSON.stringify({ axinom, doverunner: { ...site, ...doverunner } })
}

/** As a player asks at our own address. */
async function pass(
  system: VendorSystem = 'widevine',
  drmBy: DrmVendor = 'doverunner',
  rules?: Rules,
  type = 'application/octet-stream',
) {
  const film = await desk.aFilm({ protection: 'cbcs' })
  if (rules)
    await desk.ports.db
      .insert(playbackRules)
      .values({ ...rules, videoId: film.video.id, updatedAt: desk.clock.now() })
  const { token } = await desk.view(film)
  const headers = { 'x-skyreel-playback': token, 'content-type': type }
  const request = aRequest('POST', `/v1/license/${system}`, { headers, body: Buffer.from('challenge') })
  const ports = { ...desk.ports, config: { ...desk.ports.config, drmBy } }
  return { film, token, answer: await router.handle(request, ports, desk.ctx) }
}
const problemOf = (response: HttpResponse) => {
  const { status, type, detail } = jsonOf(response) as { status: number; type: string; detail: string }
  return `${status} ${type} ${detail}`
}

/** What the vendor would read out of the last request. */
function policySent() {
  const header = String(server.calls.at(-1)?.headers['pallycon-customdata-v2'])
  const { policy } = JSON.parse(Buffer.from(header, 'base64').toString())
  return JSON.parse(Buffer.from(openFromSite(SECRETS.doverunner.siteKey, policy) ?? []).toString())
}

describe('a licence through us', () => {
  it('is the vendor’s answer as it came', async () => {
    const { status, body } = (await pass()).answer
    expect([status, Buffer.from(body as Uint8Array).toString()]).toEqual([200, 'the licence'])
  })
  it('is asked for with the player’s bytes', async () => {
    await pass()
    expect(server.calls.at(-1)?.body.toString()).toBe('challenge')
  })
  it.each([
    ['text/xml; charset=utf-8', 'text/xml; charset=utf-8'],
    ['text/\u0100', 'application/octet-stream'],
    ['', 'application/octet-stream'],
  ])('is asked for with the player’s type %j as %s', async (type, sent) => {
    const { status } = (await pass('widevine', 'doverunner', undefined, type)).answer
    expect([status, server.calls.at(-1)?.headers['content-type']]).toEqual([200, sent])
  })
  it('sends no playback token on', async () => {
    const { token } = await pass()
    expect(JSON.stringify(server.calls.at(-1)?.headers)).not.toContain(token)
  })
  it('of PlayReady is asked for with the action that SOAP servers want', async () => {
    await pass('playready')
    expect(server.calls.at(-1)?.headers.soapaction).toBe(
      '"http://schemas.microsoft.com/DRM/2007/03/protocols/AcquireLicense"',
    )
  })
  it('of Axinom is asked for with a message that is good once', async () => {
    await pass('widevine', 'axinom')
    const [, payload = ''] = String(server.calls.at(-1)?.headers['x-axdrm-message']).split('.')
    const { message } = JSON.parse(Buffer.from(payload, 'base64url').toString())
    expect(message.license_server.access_control).toEqual({ prevent_drm_message_reuse: true })
  })
  it('wants hardware for HD and UHD where the film’s rule does', async () => {
    await pass('widevine', 'doverunner', { hardwareForHd: true })
    const levels = policySent().security_policy.map(
      (track: { track_type: string; widevine: { security_level: number } }) =>
        `${track.track_type} ${track.widevine.security_level}`,
    )
    expect(levels.sort()).toEqual(['AUDIO 1', 'HD 5', 'SD 1', 'UHD1 5'])
  })
  it('sends no key that the vendor has', async () => {
    await pass()
    expect(policySent().external_key).toBeUndefined()
  })
  it('brings our keys where the vendor does not have them', async () => {
    setUp({ externalKeys: true })
    const { film } = await pass()
    const sent = policySent().external_key.mpeg_cenc.map(({ key }: { key: string }) => key)
    const ours = (['AUDIO', 'SD', 'HD', 'UHD'] as const).map((label) =>
      Buffer.from(film.key(label).key).toString('hex'),
    )
    expect(sent.sort()).toEqual(ours.sort())
  })
  it('is refused for whole segments, whose keys no vendor has', async () => {
    const film = await desk.aFilm({ protection: 'aes-128' })
    const { token } = await desk.view(film)
    const headers = { 'x-skyreel-playback': token }
    const request = aRequest('POST', '/v1/license/widevine', { headers, body: Buffer.from('challenge') })
    const ports = { ...desk.ports, config: { ...desk.ports.config, drmBy: 'doverunner' as const } }
    expect((await router.handle(request, ports, desk.ctx)).status).toBe(403)
  })
  it('is refused once the session has ended, and the vendor is not asked', async () => {
    const { token } = await pass()
    const asked = server.calls.length
    await desk.ports.db.update(playbackSessions).set({ endedAt: desk.clock.now(), endedBy: 'revoked' })
    const headers = { 'x-skyreel-playback': token }
    const request = aRequest('POST', '/v1/license/widevine', { headers, body: Buffer.from('challenge') })
    const ports = { ...desk.ports, config: { ...desk.ports.config, drmBy: 'doverunner' as const } }
    expect([(await router.handle(request, ports, desk.ctx)).status, server.calls.length]).toEqual([
      403,
      asked,
    ])
  })
  it('is 502 where the vendor refuses, without its words', async () => {
    answer = { status: 403, type: 'text/plain', body: 'secret words' }
    expect(problemOf((await pass()).answer)).toBe(
      '502 /problems/license-server-refused The licence server answered STATUS_403.',
    )
  })
  it('is 422 where the vendor does not take the device’s bytes', async () => {
    answer = { status: 400, type: 'text/plain', body: 'secret words' }
    expect(problemOf((await pass()).answer)).toBe(
      '422 /problems/challenge-refused The licence server answered STATUS_400.',
    )
  })
  it('is 504 where the vendor hangs up', async () => {
    answer = undefined
    expect((await pass()).answer.status).toBe(504)
  })
  it('is refused for a system that the vendor is not set up with', async () => {
    expect(problemOf((await pass('playready', 'axinom')).answer)).toBe(
      '502 /problems/license-server-refused The licence server answered NOT_OFFERED.',
    )
  })
  it('is 503 where the vendor is not set up', async () => {
    expect((await pass('widevine', 'buydrm')).answer.status).toBe(503)
  })
})

describe('the cipher of a site', () => {
  it.each(['', 'AAAA', 'not base64!', sealForSite('x'.repeat(32), 'of another site')])(
    'does not open %j',
    (sealed) => {
      expect(openFromSite(SECRETS.doverunner.siteKey, sealed)).toBeUndefined()
    },
  )
})
