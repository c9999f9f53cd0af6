import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SPC } from '../../adapters/local/testing/fairplay-module.ts'
import { bytesOf, type LicenseDesk, openLicenseDesk } from '../../adapters/local/testing/license-desk.ts'
import { playReadyChallenge } from '../../adapters/local/testing/playready-server.ts'
import type { Film } from '../../adapters/local/testing/protected-films.ts'
import { challengeOf } from '../../adapters/local/testing/widevine-server.ts'
import type { HttpResponse } from '../http/response.ts'
import { KEY_LABELS } from '../protection/model.ts'

/** A deeper look: FUZZ_RUNS=5000. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 100)
const MEGABYTE = 1_048_576

let desk: LicenseDesk
/** Of whoever asks, and of somebody else. */
let own: Film
let foreign: Film
let token: string
beforeAll(async () => {
  desk = await openLicenseDesk()
  own = await desk.aFilm()
  foreign = await desk.aFilm()
})
afterAll(() => desk[Symbol.asyncDispose]())

const ANY_SIZE = fc
  .tuple(fc.integer({ min: 0, max: 20 }), fc.uint8Array({ minLength: 1, maxLength: 64 }))
  .map(([power, seed]) => Buffer.alloc(Math.min(MEGABYTE, 2 ** power), seed))
const kids = fc.constantFrom('own', 'foreign', 'none', 'AAAA', '').map((name) => {
  if (name === 'own') return own.key('SD').keyId
  return name === 'foreign' ? foreign.key('SD').keyId : name
})

/** Some of a good request: cut, doubled, with bytes of other values. */
const bent = (good: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(fc.nat(good.byteLength), fc.uint8Array({ maxLength: 40 }), fc.boolean(), fc.nat(3))
    .map(([at, more, keepTail, times]) =>
      Buffer.concat([
        ...Array<Uint8Array>(times).fill(good),
        good.subarray(0, at),
        more,
        keepTail ? good.subarray(at) : new Uint8Array(),
      ]),
    )
const json = fc.oneof(
  fc.json(),
  fc
    .record({ kids: fc.oneof(fc.array(kids, { maxLength: 20 }), fc.jsonValue()), type: fc.jsonValue() })
    .map((value) => JSON.stringify(value)),
)
const text = (arbitrary: fc.Arbitrary<string>) => arbitrary.map((one) => Buffer.from(one))
const header = fc.constantFrom<Record<string, string>>(
  {},
  { 'content-type': 'application/json' },
  { 'content-type': 'application/x-www-form-urlencoded' },
  { 'content-type': 'text/xml', soapaction: '"AcquireLicense"' },
  { 'content-type': '\u00ff;;=' },
)
const query = fc.constantFrom('', '?persist=true', '?persist=1', '?assetId=skd://', '?token=', '?token=a.b.c')

interface Shot {
  readonly body: Uint8Array
  readonly headers: Record<string, string>
  readonly query: string
}
const shot = (body: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Shot> =>
  fc.record({ body, headers: header, query })

/** A minute has so many questions for one session; the next one has a session of its own. */
let asked = 0
async function fire(path: string, { body, headers, query: more }: Shot): Promise<HttpResponse> {
  if (asked++ % 100 === 0) token = (await desk.view(own)).token
  return desk.ask('POST', path + more, { body, headers, token })
}

function holdsKey(answer: HttpResponse, films: readonly Film[]): boolean {
  const said = bytesOf(answer)
  return films.some((film) =>
    KEY_LABELS.some((label) => {
      const key = Buffer.from(film.key(label).key)
      return (
        (['hex', 'base64', 'base64url'] as const).some((as) => said.includes(key.toString(as))) ||
        said.includes(key)
      )
    }),
  )
}

const GOOD = {
  clearkey: () => Buffer.from(JSON.stringify({ kids: [own.key('SD').keyId], type: 'temporary' })),
  widevine: () => Buffer.from(challengeOf('L3')),
  playready: () => Buffer.from(playReadyChallenge(own.key('SD').keyId, foreign.key('SD').keyId)),
  fairplay: () => SPC,
}
const SYSTEMS = Object.keys(GOOD) as (keyof typeof GOOD)[]

describe.each(SYSTEMS)('a request to the licence door %s that is none', (system) => {
  it('never gets a 5xx or a key', async () => {
    const body = fc.oneof(ANY_SIZE, text(json), text(fc.string({ unit: 'binary' })), bent(GOOD[system]()))
    await fc.assert(
      fc.asyncProperty(shot(body), async (one) => {
        const answer = await fire(`/v1/license/${system}`, one)
        expect(answer.status).toBeLessThan(500)
        // Clear Key gives keys of its own film to a request that turns out good.
        const films = system === 'clearkey' ? [foreign] : [own, foreign]
        expect(holdsKey(answer, films)).toBe(false)
      }),
      { numRuns: RUNS },
    )
  })
  it.each([1, 2, 1000, MEGABYTE, MEGABYTE + 1])('is answered below 500 at %d bytes', async (size) => {
    const answer = await fire(`/v1/license/${system}`, {
      body: Buffer.alloc(size, 0x3c),
      headers: {},
      query: '',
    })
    expect(answer.status).toBeLessThan(500)
  })
})

describe('a token that is none', () => {
  it('never gets a 5xx or a key', async () => {
    const { token: good } = await desk.view(own)
    const cut = fc.nat(good.length - 1).map((at) => good.slice(0, at) + good.slice(at + 1))
    const other = fc.oneof(fc.string({ unit: 'binary' }), fc.base64String(), cut, fc.constant(`${good}A`))
    const path = '/v1/license/clearkey'
    const kid = Buffer.from(own.key('SD').keyId, 'hex').toString('base64url')
    const body = Buffer.from(JSON.stringify({ kids: [kid], type: 'temporary' }))
    await fc.assert(
      fc.asyncProperty(other, async (bad) => {
        const answer = await desk.ask('POST', path, { body, token: bad })
        expect([answer.status, holdsKey(answer, [own])]).toEqual([401, false])
      }),
      { numRuns: RUNS },
    )
  })
})
