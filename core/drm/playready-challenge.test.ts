import { describe, expect, it } from 'vitest'
import { acquireLicense, playReadyChallenge } from '../../adapters/local/testing/playready-server.ts'
import { guidOf, keyIdOfGuid } from './license-key-id.ts'
import { playReadyKeyIds } from './playready-challenge.ts'

/** A public test film of DASH-IF: its PlayReady header and its `cenc:default_KID`. */
const [GUID, KEY_ID] = ['bnhyCOf5X0ajok5bDvj6RQ==', '0872786ef9e7465fa3a24e5b0ef8fa45']
const OTHER = 'a7e61c373e219033c21091fa607bf3b8'
const header = (version: string, info: string) =>
  `<WRMHEADER xmlns="http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader" version="${version}"><DATA>${info}</DATA></WRMHEADER>`

describe('a GUID of PlayReady', () => {
  it('is the key id of the manifest of the same film', () => {
    expect(keyIdOfGuid(GUID)).toBe(KEY_ID)
  })
  it('is written as text with the digits of the key id', () => {
    expect(guidOf(KEY_ID)).toBe('0872786e-f9e7-465f-a3a2-4e5b0ef8fa45')
  })
  it.each(['', 'AAAA', `${GUID}A`, GUID.slice(0, -1), GUID.replace('Q==', 'R=='), `&#98;${GUID.slice(1)}`])(
    'is not %j',
    (text) => {
      expect(keyIdOfGuid(text)).toBeUndefined()
    },
  )
})

describe('the key ids of a licence request', () => {
  it.each([
    ['4.0.0.0', `<PROTECTINFO><KEYLEN>16</KEYLEN><ALGID>AESCTR</ALGID></PROTECTINFO><KID>${GUID}</KID>`],
    [
      '4.1.0.0',
      `<PROTECTINFO><KID ALGID="AESCTR" CHECKSUM="xNvWVxoWk04=" VALUE="${GUID}"></KID></PROTECTINFO>`,
    ],
    ['4.2.0.0', `<PROTECTINFO><KIDS><KID ALGID="AESCTR" VALUE="${GUID}"></KID></KIDS></PROTECTINFO>`],
    ['4.3.0.0', `<PROTECTINFO><KIDS><KID ALGID="AESCBC" VALUE="${GUID}"/></KIDS></PROTECTINFO>`],
  ])('are read of a header %s', (version, info) => {
    expect(playReadyKeyIds(acquireLicense(header(version, info)))).toEqual([KEY_ID])
  })
  it('are read of every header', () => {
    const two = [KEY_ID, OTHER].map((id) => /<WRMHEADER.*<\/WRMHEADER>/.exec(playReadyChallenge(id))?.[0])
    expect(playReadyKeyIds(acquireLicense(two.join('')))).toEqual([KEY_ID, OTHER])
  })
  it('are each told once', () => {
    expect(playReadyKeyIds(playReadyChallenge(KEY_ID, OTHER, KEY_ID))).toEqual([KEY_ID, OTHER])
  })
  const many = Array.from({ length: 17 }, (_, n) => n.toString(16).padStart(32, '0'))
  it.each([
    ['that is nothing', ''],
    ['of another message', playReadyChallenge(KEY_ID).replaceAll('AcquireLicense', 'AcknowledgeLicense')],
    ['with a document type', `<!DOCTYPE a [<!ENTITY b "c">]>${playReadyChallenge(KEY_ID)}`],
    ['with a comment', playReadyChallenge(KEY_ID).replace('<KIDS>', '<KIDS><!-- -->')],
    ['with CDATA', playReadyChallenge(KEY_ID).replace('<KIDS>', '<KIDS><![CDATA[<KID>]]>')],
    ['without a key', acquireLicense(header('4.3.0.0', '<PROTECTINFO><KIDS></KIDS></PROTECTINFO>'))],
    ['without a header', acquireLicense('')],
    ['whose header has no end', acquireLicense('<WRMHEADER><DATA>')],
    ['with a key id that we cannot read', playReadyChallenge(KEY_ID).replace('VALUE="', 'VALUE="&#98;')],
    ['with a key id in other quotes', playReadyChallenge(KEY_ID).replace(/VALUE="([^"]*)"/, "VALUE='$1'")],
    [
      'with a key id behind a long attribute',
      playReadyChallenge(KEY_ID).replace('<KID ', `<KID A="${'a'.repeat(400)}" `),
    ],
    ['of too many keys', playReadyChallenge(...many)],
  ])('are refused in a request %s', (_, soap) => {
    expect(() => playReadyKeyIds(soap)).toThrow(
      expect.objectContaining({ facts: expect.objectContaining({ status: 422 }) }),
    )
  })
  it.each(['<KID', '<KID ', '<WRMHEADER', '<KID VALUE="', '<KID>A', 'AcquireLicense '])(
    'take no long over a megabyte of %j',
    (piece) => {
      const soap = `<AcquireLicense ><WRMHEADER>${piece.repeat(1_000_000 / piece.length)}</WRMHEADER>`
      expect(() => playReadyKeyIds(soap)).toThrow()
    },
  )
})
