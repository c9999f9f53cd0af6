import {
  constants,
  createCipheriv,
  createHmac,
  type KeyObject,
  publicEncrypt,
  X509Certificate,
} from 'node:crypto'
import type { Uses } from '../../ports/ports.ts'
import { CPIX } from './cpix.ts'
import { SpekeRefused } from './refused.ts'
import { ENC, PSKC, type Writer, withChildren } from './tree.ts'
import { elementsOf, textOf, type XmlElement } from './xml.ts'

const AES_256_CBC = 'http://www.w3.org/2001/04/xmlenc#aes256-cbc'
const RSA_OAEP = 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p'
const HMAC_SHA512 = 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha512'

/** Keys of one answer, which the recipients alone can open. */
interface DocumentKeys {
  readonly document: Uint8Array
  readonly mac: Uint8Array
}

/** How the keys of an answer are written: in the open, or for the certificates of the request. */
export interface Delivery {
  /** What stands inside of a ContentKey's Secret. */
  secretOf(key: Uint8Array): readonly XmlElement[]
  /** DeliveryData with what its recipient needs to open them. */
  delivered(data: XmlElement): XmlElement
}

/**
 * Content key encryption: a document key (AES-256) for each answer, wrapped with RSA-OAEP for each certificate; content keys
 * under it with AES-256-CBC, each with an HMAC-SHA512 over its ciphertext. In the open where the request names no certificate.
 * https://docs.aws.amazon.com/speke/latest/documentation/content-key-encryption-v2.html, CPIX 2.3 chapter 9
 */
export function deliveryFor(
  { ids, clock }: Uses<'ids' | 'clock'>,
  root: XmlElement,
  write: Writer,
): Delivery {
  const recipients = recipientsOf(root)
  if (recipients.length === 0) return inTheOpen(write)
  for (const data of recipients) publicKeyOf(data, clock.now())
  const random = (bytes: number) => Buffer.from(ids.secret(bytes), 'base64url')
  const keys = { document: random(32), mac: random(64) }
  const encrypted = (method: string, cipher: Uint8Array) => [
    write(PSKC, 'EncryptedValue', [
      write(ENC, 'EncryptionMethod', [], { Algorithm: method }),
      write(ENC, 'CipherData', [write(ENC, 'CipherValue', base64(cipher))]),
    ]),
    write(PSKC, 'ValueMAC', createHmac('sha512', keys.mac).update(cipher).digest('base64')),
  ]
  return {
    secretOf: (key) => encrypted(AES_256_CBC, sealed(keys, key, random(16))),
    delivered: (data) => {
      const publicKey = publicKeyOf(data, clock.now())
      const wrapped = (key: Uint8Array) => encrypted(RSA_OAEP, wrap(publicKey, key))
      const secret = write(PSKC, 'Secret', wrapped(keys.document))
      return withChildren(data, [
        ...data.children,
        write(CPIX, 'DocumentKey', [write(CPIX, 'Data', [secret])], { Algorithm: AES_256_CBC }),
        write(CPIX, 'MACMethod', [write(CPIX, 'Key', wrapped(keys.mac))], { Algorithm: HMAC_SHA512 }),
      ])
    },
  }
}

const inTheOpen = (write: Writer): Delivery => ({
  secretOf: (key) => [write(PSKC, 'PlainValue', base64(key))],
  delivered: (data) => data,
})

const recipientsOf = (root: XmlElement): XmlElement[] =>
  elementsOf(root, 'DeliveryDataList').flatMap((list) => elementsOf(list, 'DeliveryData'))

/** Of the certificate: nobody vouches for it here but the packager's password. SPEKE wants RSA of 2048 bits. */
function publicKeyOf(data: XmlElement, now: Date): KeyObject {
  if (elementsOf(data).some(({ local }) => local !== 'DeliveryKey' && local !== 'Description'))
    throw new SpekeRefused('Unsupported element in DeliveryData')
  const [certificate] = ['DeliveryKey', 'X509Data', 'X509Certificate'].reduce<XmlElement[]>(
    (found, local) => found.flatMap((element) => elementsOf(element, local)),
    [data],
  )
  const { publicKey, validFromDate, validToDate } = certificateOf(certificate ? textOf(certificate) : '')
  const isRsa =
    publicKey.asymmetricKeyType === 'rsa' && publicKey.asymmetricKeyDetails?.modulusLength === 2048
  if (!isRsa) throw new SpekeRefused('DeliveryKey certificate is not RSA of 2048 bits')
  if (now < validFromDate || now > validToDate)
    throw new SpekeRefused('DeliveryKey certificate is not valid now')
  return publicKey
}

function certificateOf(base64Text: string): X509Certificate {
  const packed = base64Text.replace(/\s+/g, '')
  if (!/^[A-Za-z0-9+/]{100,8000}={0,2}$/.test(packed))
    throw new SpekeRefused('Missing DeliveryKey certificate')
  try {
    return new X509Certificate(Buffer.from(packed, 'base64'))
  } catch (cause) {
    throw new SpekeRefused('Malformed DeliveryKey certificate', { cause })
  }
}

const wrap = (key: KeyObject, plain: Uint8Array): Uint8Array =>
  publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, plain)

/** The IV goes in front, as XML Encryption 5.2 says. */
function sealed({ document }: DocumentKeys, key: Uint8Array, iv: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-256-cbc', document, iv)
  return Buffer.concat([iv, cipher.update(key), cipher.final()])
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
