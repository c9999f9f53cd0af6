import { createPrivateKey, sign } from 'node:crypto'
import { element, type Xml } from '../../playback/xml.ts'
import type { KeyLabel } from '../../protection/model.ts'
import { guidOf } from '../license-key-id.ts'
import { type Entitled, licenseEnd, toTheSecond, type VendorKey } from './entitled.ts'
import type { BuyDrmSecret } from './secret.ts'

export const BUYDRM_HEADER = 'customdata'

/**
 * KeyOS authentication XML, signed, as base64. That there is one, that it is signed with RSA of 2048 bits and goes in the header
 * `customdata` is documented (go.buydrm.com/thedrmblog: "Advanced Techniques Authentication XML", "Generating and Importing
 * Authentication XML Signing Keys").
 *
 * Unverified: the names of its elements are those of XML seen in the open, its schema is not published; neither is the digest,
 * nor which bytes are signed: here `<Data>` as it stands. No licence was asked of the live service. How a PlayReady or FairPlay
 * licence ends is not established, so it opens Widevine alone: a licence without an end is not asked for.
 */
export function buyDrmMessage(secret: BuyDrmSecret, to: Entitled): string {
  const data = flat(dataOf(secret, to))
  const signature = sign(secret.digest, Buffer.from(data), createPrivateKey(secret.privateKey))
  const end = `<Signature>${signature.toString('base64')}</Signature>`
  return Buffer.from(`<KeyOSAuthenticationXML>${data}${end}</KeyOSAuthenticationXML>`).toString('base64')
}

function dataOf({ keyId }: BuyDrmSecret, to: Entitled): Xml {
  const { now, permit, keys, id } = to
  return element('Data', {}, [
    element('GenerationTime', {}, timeOf(now)),
    element('ExpirationTime', {}, timeOf(permit.session.tokenExpiresAt)),
    element('UniqueId', {}, id.replaceAll('-', '')),
    element('RSAPubKeyId', {}, keyId),
    widevinePolicy(to),
    ...keys.map(keySpec),
    element(
      'KeyIDList',
      {},
      keys.map((key) => element('KeyID', {}, guidOf(key.keyId))),
    ),
  ])
}

function widevinePolicy(to: Entitled): Xml {
  const { end, persist } = licenseEnd(to)
  const seconds = Math.max(1, Math.floor((end.getTime() - to.now.getTime()) / 1000))
  const may = { fl_CanPersist: String(persist), fl_CanPlay: 'true' }
  return element('WidevinePolicy', may, [element('LicenseDuration', {}, String(seconds))])
}

const TRACK_TYPE: Readonly<Record<KeyLabel, string>> = { AUDIO: 'AUDIO', SD: 'SD', HD: 'HD', UHD: 'UHD1' }

const keySpec = ({ label, hardware }: VendorKey): Xml =>
  element('WidevineContentKeySpec', { TrackType: TRACK_TYPE[label] }, [
    element('SecurityLevel', {}, hardware ? '5' : '1'),
  ])

/** UTC without a zone. */
const timeOf = (at: Date): string => toTheSecond(at).replace('T', ' ').replace('Z', '')

/** Without a break or an indent: what is signed must not change when somebody prints it prettier. */
const flat = (xml: Xml): string => xml.map((line) => line.trimStart()).join('')
