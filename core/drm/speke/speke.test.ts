import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  allOf,
  basic,
  documentOf,
  FILM,
  openPackagerDesk,
  PASSWORD,
  type PackagerDesk,
} from '../../../adapters/local/testing/packager-desk.ts'
import { contentKeysById, keyFactsOf, makeContentKeys, shredKeys } from '../content-keys.ts'
import { textOf, type XmlElement } from './xml.ts'

const fixture = (name: string) => readFileSync(new URL(`testing/${name}`, import.meta.url), 'utf8')
const [VOD, LIVE, AES_128] = ['request-vod.xml', 'request-live.xml', 'request-aes-128.xml'].map(fixture) as [
  string,
  string,
  string,
]
const VIDEO_KID = '98ee5596-cd3e-a20d-163a-e382420c6eff'
const AUDIO_KID = '53abdba2-f210-43cb-bc90-f18f9a890a02'
const withoutDashes = (kid: string) => kid.replaceAll('-', '')
const live = { 'x-speke-version': '2.1' }

let desk: PackagerDesk
let answered: XmlElement
let body: string
let liveBody: string
beforeAll(async () => {
  desk = await openPackagerDesk()
  const answer = await desk.ask(VOD)
  body = String(answer.body)
  answered = documentOf(answer)
  // In this order: the bytes of the keys are drawn one behind the other.
  liveBody = String((await desk.ask(LIVE, live)).body)
})
afterAll(() => desk[Symbol.asyncDispose]())

/** The request for keys that nobody has: `part` tells them from others. */
const ofNewKeys = (xml: string, part: string) =>
  xml.replaceAll('-cd3e-', `-${part}-`).replaceAll('-f210-', `-${part}-`)
const keyElement = (root: XmlElement, kid: string) =>
  allOf(root, 'ContentKey').find(({ attributes }) => attributes.get('kid') === kid) as XmlElement
const systemElement = (root: XmlElement, systemId: string) =>
  allOf(root, 'DRMSystem').find(({ attributes }) => attributes.get('systemId') === systemId) as XmlElement
const decoded = (root: XmlElement, local: string) =>
  allOf(root, local).map((element) => Buffer.from(textOf(element), 'base64').toString())
const saidTo = async (xml: string, headers: Record<string, string> = {}) => {
  const answer = await desk.ask(xml, headers)
  return `${answer.status} ${answer.body}`
}

describe('keys for a packager', () => {
  it('come in the request’s own document', () => {
    expect(body).toBe(fixture('response-vod.xml'))
  })
  it('are those that licences give out', async () => {
    const [key] = await contentKeysById(desk.ports, FILM, [withoutDashes(VIDEO_KID)])
    const [plain] = allOf(keyElement(answered, VIDEO_KID), 'PlainValue')
    expect(textOf(plain as XmlElement)).toBe(Buffer.from(key?.key ?? []).toString('base64'))
  })
  it('are the same when they are asked for again', async () => {
    expect((await desk.ask(VOD)).body).toBe(body)
  })
  it('are the same for two that ask at once', async () => {
    const kid = '00000000-0000-4000-8000-0000000000aa'
    const [one, two] = await Promise.all([0, 0].map(() => desk.ask(VOD.replaceAll(AUDIO_KID, kid))))
    expect(one?.body).toBe(two?.body)
  })
  it('stand apart from those of our own encryptions', async () => {
    const facts = await keyFactsOf(desk.ports.db, FILM)
    const { generation, edition } = facts.find(({ keyId }) => keyId === withoutDashes(VIDEO_KID)) ?? {}
    expect([generation, edition]).toEqual([1, -1])
  })
  it('are labelled by their contract and the film’s size', async () => {
    await desk.ask(AES_128)
    const facts = await keyFactsOf(desk.ports.db, FILM)
    const labelOf = (kid: string) => facts.find(({ keyId }) => keyId === withoutDashes(kid))?.label
    expect([VIDEO_KID, AUDIO_KID, '136436ea-0000-4000-8000-00000000000a'].map(labelOf)).toEqual([
      'HD',
      'AUDIO',
      'HD',
    ])
  })
  it('keep an IV that the packager brings', () => {
    expect(keyElement(answered, VIDEO_KID).attributes.get('explicitIV')).toBe('OFj2IjCsPJFfMAxmQxLGPw==')
  })
  it('bring ours for cbcs where there is none', async () => {
    const [key] = await contentKeysById(desk.ports, FILM, [withoutDashes(AUDIO_KID)])
    expect(keyElement(answered, AUDIO_KID).attributes.get('explicitIV')).toBe(
      Buffer.from(key?.iv ?? []).toString('base64'),
    )
  })
  it('say who answers and in which version', async () => {
    const { headers } = await desk.ask(VOD)
    expect([
      headers?.['x-speke-version'],
      headers?.['x-speke-user-agent'],
      headers?.['content-type'],
    ]).toEqual(['2.0', 'skyreel', 'application/xml'])
  })
  it('come for live with SPEKE 2.1, and periods go back as they came', () => {
    expect(liveBody).toBe(fixture('response-live.xml'))
  })
  it('come for whole segments with an address of each key', async () => {
    const [media, master] = decoded(documentOf(await desk.ask(AES_128)), 'HLSSignalingData')
    const rest =
      'METHOD=AES-128,URI="http://localhost:8080/v1/license/key/136436ea00004000800000000000000a",KEYFORMAT="identity",KEYFORMATVERSIONS="1"'
    expect([media, master]).toEqual([`#EXT-X-KEY:${rest}`, `#EXT-X-SESSION-KEY:${rest}`])
  })
  it('leave a line in the log that names who got them', () => {
    expect(desk.column.log.lines).toContainEqual(
      expect.objectContaining({
        fields: expect.objectContaining({ packager: 'convert', videoId: FILM, keys: 2 }),
      }),
    )
  })
  it('stand in no line of the log', () => {
    const keys = allOf(answered, 'PlainValue').map(textOf)
    const lines = JSON.stringify(desk.column.log.lines)
    expect([...keys, PASSWORD].filter((text) => lines.includes(text))).toEqual([])
  })
})

describe('signaling for a packager', () => {
  const of = (systemId: string, local: string) => decoded(systemElement(answered, systemId), local)
  it('has the same attributes in media and master playlists', () => {
    const tags = allOf(answered, 'HLSSignalingData').map((element) =>
      Buffer.from(textOf(element), 'base64').toString(),
    )
    const attributes = (name: string) =>
      tags.filter((tag) => tag.startsWith(name)).map((tag) => tag.slice(name.length))
    expect(attributes('#EXT-X-KEY:')).toEqual(attributes('#EXT-X-SESSION-KEY:'))
  })
  it('of FairPlay names the key as our own playlists do', () => {
    expect(of('94ce86fb-07ff-4f43-adb8-93d2fa968ca2', 'HLSSignalingData')[0]).toBe(
      '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://98ee5596cd3ea20d163ae382420c6eff",KEYFORMAT="com.apple.streamingkeydelivery",KEYFORMATVERSIONS="1"',
    )
  })
  it('of Widevine has the same box for segments and manifest', () => {
    const widevine = systemElement(answered, 'edef8ba9-79d6-4ace-a3c8-27dcd51d21ed')
    const [pssh] = allOf(widevine, 'PSSH').map(textOf)
    expect(decoded(widevine, 'ContentProtectionData')).toEqual([
      `<cenc:pssh xmlns:cenc="urn:mpeg:cenc:2013">${pssh}</cenc:pssh>`,
    ])
  })
  it('of PlayReady has both elements for the manifest', () => {
    expect(of('9a04f079-9840-4286-ab92-e65be0885f95', 'ContentProtectionData')[0]).toMatch(
      /^<cenc:pssh xmlns:cenc="urn:mpeg:cenc:2013">[A-Za-z0-9+/=]+<\/cenc:pssh><mspr:pro xmlns:mspr="urn:microsoft:playready">[A-Za-z0-9+/=]+<\/mspr:pro>$/,
    )
  })
})

/** The vendor’s words are held to each letter: encryptors show them. */
describe('a request that is refused with its words', () => {
  const widevine = 'edef8ba9-79d6-4ace-a3c8-27dcd51d21ed'
  const rules = /<cpix:ContentKeyUsageRuleList>[\s\S]*<\/cpix:ContentKeyUsageRuleList>/
  it.each<[string, string, Record<string, string>, string]>([
    ['no contentId', VOD.replace(` contentId="${FILM}"`, ''), {}, 'Missing CPIX@contentId'],
    ['an empty contentId', VOD.replace(`"${FILM}"`, '""'), {}, 'Missing CPIX@contentId'],
    ['no version', VOD.replace(' version="2.3"', ''), {}, 'Missing CPIX@version'],
    ['another version', VOD.replace('version="2.3"', 'version="2.2"'), {}, 'Unsupported CPIX@version'],
    ['the version of another SPEKE', VOD, live, 'Unsupported CPIX@version'],
    ['SPEKE 1.0', VOD, { 'x-speke-version': '1.0' }, 'Unsupported SPEKE version'],
    ['SPEKE 3.0', VOD, { 'x-speke-version': '3.0' }, 'Unsupported SPEKE version'],
    [
      'a key without scheme',
      VOD.replace(/(kid="53abdba2[^>]*) commonEncryptionScheme="cbcs"/, '$1'),
      {},
      `Missing ContentKey@commonEncryptionScheme for KID ${AUDIO_KID}`,
    ],
    [
      'mixed schemes',
      VOD.replace('"cbcs"', '"cenc"'),
      {},
      'Non compliant ContentKey@commonEncryptionScheme combination',
    ],
    [
      'FairPlay with cenc',
      VOD.replaceAll('"cbcs"', '"cenc"'),
      {},
      'ContentKey@commonEncryptionScheme non compatible with DRMSystem 94ce86fb-07ff-4f43-adb8-93d2fa968ca2',
    ],
    [
      'Clear Key for whole segments with cbcs',
      AES_128.replace('"cbc1"', '"cbcs"'),
      {},
      'ContentKey@commonEncryptionScheme non compatible with DRMSystem 3ea8778f-7742-4bf9-b18b-e834b2acbd47',
    ],
    ['no contract', VOD.replace(rules, ''), {}, 'Missing CPIX encryption contract'],
    [
      'a contract without filters',
      VOD.replaceAll(/<cpix:(Video|Audio)Filter \/>/g, ''),
      {},
      'Missing CPIX encryption contract',
    ],
    [
      'a filter of another kind',
      VOD.replace('<cpix:VideoFilter />', '<cpix:VideoFilter /><cpix:BitrateFilter />'),
      {},
      'Malformed encryption contract',
    ],
    [
      'two filters for one track type',
      VOD.replace('<cpix:VideoFilter />', '<cpix:VideoFilter /><cpix:VideoFilter />'),
      {},
      'Malformed encryption contract',
    ],
    [
      'a rule for no key',
      VOD.replace(`Rule kid="${AUDIO_KID}"`, `Rule kid="${VIDEO_KID.replace('9', '8')}"`),
      {},
      'Malformed encryption contract',
    ],
    ['a track type twice', VOD.replace('"AUDIO"', '"VIDEO"'), {}, 'Malformed encryption contract'],
    [
      'a film that is not there',
      VOD.replace(FILM, 'vid_00000000000000000000000000000000'),
      {},
      'Unknown CPIX@contentId',
    ],
    ['a channel of somebody else', VOD.replace(FILM, 'channel-1'), {}, 'Unknown CPIX@contentId'],
    ['a key id that is none', VOD.replaceAll(AUDIO_KID, 'kid-1'), {}, 'Malformed ContentKey@kid'],
    [
      'an IV of 15 bytes',
      VOD.replace('OFj2IjCsPJFfMAxmQxLGPw==', 'OFj2IjCsPJFfMAxmQxLG'),
      {},
      'Malformed ContentKey@explicitIV',
    ],
    [
      'a system that we do not know',
      VOD.replaceAll(widevine, '00000000-79d6-4ace-a3c8-27dcd51d21ed'),
      {},
      'Unsupported DRMSystem@systemId',
    ],
    [
      'a system for another key',
      VOD.replace(`DRMSystem kid="${AUDIO_KID}"`, 'DRMSystem kid="00000000-f210-43cb-bc90-f18f9a890a02"'),
      {},
      'DRMSystem@kid without a ContentKey',
    ],
    [
      'an element that the system has not',
      VOD.replace(
        '<cpix:HLSSignalingData playlist="media">',
        '<cpix:PSSH/><cpix:HLSSignalingData playlist="media">',
      ),
      {},
      'Unsupported DRMSystem.PSSH for 94ce86fb-07ff-4f43-adb8-93d2fa968ca2',
    ],
    [
      'cens',
      VOD.replaceAll('"cbcs"', '"cens"'),
      {},
      'ContentKey@commonEncryptionScheme non compatible with DRMSystem 94ce86fb-07ff-4f43-adb8-93d2fa968ca2',
    ],
    [
      'a signature',
      VOD.replace(
        '<cpix:ContentKeyList>',
        '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/><cpix:ContentKeyList>',
      ),
      {},
      'XMLDSIG is not supported',
    ],
    ['another document', '<html/>', {}, 'Malformed CPIX document'],
    [
      'a document type',
      `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>${VOD}`,
      {},
      'Malformed CPIX document: it has what we do not read, or ends too early',
    ],
  ])('for %s', async (_, xml, headers, words) => {
    expect(await saidTo(xml, headers)).toBe(`422 ${words}`)
  })
  it('for a key id that is another film’s', async () => {
    const other = await desk.aFilm()
    expect(await saidTo(VOD.replace(FILM, other.id))).toBe('422 ContentKey@kid is not of this content')
  })
  it('for a key id of our own encryption of the film', async () => {
    const film = await desk.aFilm()
    const at = { videoId: film.id, generation: 1, edition: 0 }
    await desk.ports.db.transaction((tx) =>
      makeContentKeys(
        tx,
        { ...desk.ports, ids: desk.column.ports.ids },
        { ...at, protection: 'cbcs', labels: ['SD'] },
      ),
    )
    const [own] = await keyFactsOf(desk.ports.db, film.id)
    const xml = VOD.replace(FILM, film.id).replaceAll(AUDIO_KID, own?.keyId ?? '')
    expect(await saidTo(xml.replaceAll(VIDEO_KID, '98ee5596-0000-a20d-163a-e382420c6eff'))).toBe(
      '422 ContentKey@kid is not of this content',
    )
  })
  it('for a key that was made for another scheme', async () => {
    const cenc = LIVE.replaceAll('136436EA-0000-4000-8000-000000000001', VIDEO_KID)
    expect(await saidTo(cenc, live)).toBe('422 ContentKey@kid is not of this content')
  })
  it('for a key that would open better tracks than it was made for', async () => {
    const better = VOD.replace('<cpix:AudioFilter />', '<cpix:VideoFilter />').replace('"AUDIO"', '"SD"')
    expect(await saidTo(better)).toBe('422 Requested CPIX encryption contract not supported')
  })
  it('and leaves no key behind', async () => {
    const film = await desk.aFilm()
    const xml = ofNewKeys(VOD.replace(FILM, film.id), 'dead')
    expect(
      await saidTo(xml.replace('<cpix:SmoothStreamingProtectionHeaderData>', '<cpix:URIExtXKey/>$&')),
    ).toMatch(/^422 Unsupported DRMSystem.URIExtXKey/)
    expect(await keyFactsOf(desk.ports.db, film.id)).toEqual([])
  })
  it('for a film whose keys were shredded', async () => {
    const film = await desk.aFilm()
    const xml = ofNewKeys(VOD.replace(FILM, film.id), 'beef')
    await desk.ask(xml)
    await desk.ports.db.transaction((tx) => shredKeys(tx, desk.ports, film.id))
    expect(await saidTo(xml)).toBe('422 Unknown CPIX@contentId')
  })
})

describe('a packager', () => {
  it.each<[string, string]>([
    ['without credentials', ''],
    ['with another password', basic('convert', `${PASSWORD}x`)],
    ['with the password of another', basic('first', PASSWORD)],
    ['that nobody knows', basic('unknown', PASSWORD)],
    ['with a bearer token', 'Bearer abc'],
    ['with base64 that is none', 'Basic %%%'],
  ])('%s is asked for credentials', async (_, authorization) => {
    const { status, headers } = await desk.ask(VOD, { authorization })
    expect([status, headers?.['www-authenticate']]).toEqual([401, 'Basic realm="speke", charset="UTF-8"'])
  })
  it('that sends JSON is refused', async () => {
    expect((await desk.ask(VOD, { 'content-type': 'application/json' })).status).toBe(415)
  })
  it('that sends more than 256 KiB is refused', async () => {
    expect((await desk.ask(VOD.padEnd(262_145))).status).toBe(413)
  })
  it('gets neither 5xx nor a key for whatever it sends', async () => {
    const at = fc.nat(VOD.length)
    const changed = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.string({ maxLength: 200 }),
      fc.tuple(at, at).map(([from, to]) => VOD.slice(0, from) + VOD.slice(to)),
      fc
        .tuple(at, fc.string({ maxLength: 5 }))
        .map(([where, what]) => VOD.slice(0, where) + what + VOD.slice(where + 5)),
    )
    await fc.assert(
      fc.asyncProperty(changed, async (xml) => {
        const { status } = await desk.ask(xml, { authorization: basic('convert', 'a'.repeat(32)) })
        expect(status).toBe(401)
        expect((await desk.ask(xml)).status).toBeLessThan(500)
      }),
      { numRuns: 200 },
    )
  })
})
