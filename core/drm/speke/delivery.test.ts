import { constants, createDecipheriv, createHmac, createPrivateKey, privateDecrypt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  allOf,
  documentOf,
  openPackagerDesk,
  type PackagerDesk,
} from '../../../adapters/local/testing/packager-desk.ts'
import { CERTIFICATES, PACKAGER_KEY } from './testing/certificates.ts'
import { elementsOf, textOf, type XmlElement } from './xml.ts'

const VOD = readFileSync(new URL('testing/request-vod.xml', import.meta.url), 'utf8')

/** The request with these elements for whom the keys are. */
function forRecipients(inner: string): string {
  const list = `<cpix:DeliveryDataList xmlns:ds="http://www.w3.org/2000/09/xmldsig#">${inner}</cpix:DeliveryDataList>`
  return VOD.replace('<cpix:ContentKeyList>', `${list}<cpix:ContentKeyList>`)
}
const recipient = (certificate: string, more = '') =>
  `<cpix:DeliveryData id="origin"><cpix:DeliveryKey><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></cpix:DeliveryKey>${more}</cpix:DeliveryData>`

let desk: PackagerDesk
let answered: XmlElement
beforeAll(async () => {
  desk = await openPackagerDesk()
  answered = documentOf(await desk.ask(forRecipients(recipient(CERTIFICATES.good))))
})
afterAll(() => desk[Symbol.asyncDispose]())

const only = (root: XmlElement, local: string) => allOf(root, local)[0] as XmlElement
const cipherOf = (root: XmlElement) => Buffer.from(textOf(only(root, 'CipherValue')), 'base64')
const macOf = (root: XmlElement) => textOf(only(root, 'ValueMAC'))
/** As a packager does that has the private key: it knows nothing of ours. */
const unwrapped = (local: string) => {
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  return privateDecrypt(
    { key: createPrivateKey(PACKAGER_KEY), padding, oaepHash: 'sha1' },
    cipherOf(only(answered, local)),
  )
}
function decrypted(element: XmlElement): Buffer {
  const cipher = cipherOf(element)
  const opener = createDecipheriv('aes-256-cbc', unwrapped('DocumentKey'), cipher.subarray(0, 16))
  return Buffer.concat([opener.update(cipher.subarray(16)), opener.final()])
}

describe('content keys for a certificate', () => {
  it('open with its private key to those that are given in the open', async () => {
    const plain = allOf(documentOf(await desk.ask(VOD)), 'PlainValue').map(textOf)
    const opened = allOf(answered, 'ContentKey').map((key) => decrypted(key).toString('base64'))
    expect(opened).toEqual(plain)
  })
  it('are nowhere in the open', () => {
    expect(allOf(answered, 'PlainValue')).toEqual([])
  })
  it('have a MAC under the key of the MAC method', () => {
    const mac = (element: XmlElement) =>
      createHmac('sha512', unwrapped('MACMethod')).update(cipherOf(element)).digest('base64')
    const signed = [
      ...allOf(answered, 'ContentKey'),
      only(answered, 'DocumentKey'),
      only(answered, 'MACMethod'),
    ]
    expect(signed.map(macOf)).toEqual(signed.map(mac))
  })
  it('name their algorithms as CPIX does', () => {
    const algorithms = ['DocumentKey', 'MACMethod'].map((local) =>
      only(answered, local).attributes.get('Algorithm'),
    )
    expect(algorithms).toEqual([
      'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
      'http://www.w3.org/2001/04/xmldsig-more#hmac-sha512',
    ])
  })
  it('keep the recipient’s certificate where it was', () => {
    const [data] = elementsOf(only(answered, 'DeliveryDataList'))
    expect(elementsOf(data as XmlElement).map(({ local }) => local)).toEqual([
      'DeliveryKey',
      'DocumentKey',
      'MACMethod',
    ])
  })
  it('open for each of two recipients', async () => {
    const both = recipient(CERTIFICATES.good) + recipient(CERTIFICATES.good).replace('"origin"', '"second"')
    expect(allOf(documentOf(await desk.ask(forRecipients(both))), 'DocumentKey')).toHaveLength(2)
  })
  it.each([
    [
      'a certificate of RSA with 1024 bits',
      recipient(CERTIFICATES.tooShort),
      'DeliveryKey certificate is not RSA of 2048 bits',
    ],
    [
      'a certificate of another kind',
      recipient(CERTIFICATES.otherCurve),
      'DeliveryKey certificate is not RSA of 2048 bits',
    ],
    ['a certificate that is over', recipient(CERTIFICATES.over), 'DeliveryKey certificate is not valid now'],
    ['bytes that are no certificate', recipient('A'.repeat(400)), 'Malformed DeliveryKey certificate'],
    ['no certificate', '<cpix:DeliveryData id="origin"/>', 'Missing DeliveryKey certificate'],
    [
      'a document key of its own',
      recipient(CERTIFICATES.good, '<cpix:DocumentKey/>'),
      'Unsupported element in DeliveryData',
    ],
  ])('are refused for %s', async (_, inner, words) => {
    const { status, body } = await desk.ask(forRecipients(inner))
    expect([status, body]).toEqual([422, words])
  })
})
