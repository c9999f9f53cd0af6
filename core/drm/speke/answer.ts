import type { Uses } from '../../ports/ports.ts'
import type { ContentKey } from '../content-keys.ts'
import { keyIdOf } from '../license-key-id.ts'
import { CPIX, type CpixRequest } from './cpix.ts'
import { type Delivery, deliveryFor } from './delivery.ts'
import { SpekeRefused } from './refused.ts'
import { hlsTag, type Signaling, signalingOf } from './signaling.ts'
import { ENC, mapChildren, PSKC, type Writer, withAttribute, withChildren, writerFor } from './tree.ts'
import { elementsOf, type XmlElement } from './xml.ts'

type AnswerNeeds = Uses<'ids' | 'clock' | 'config'>

/**
 * The request's own document with what it left empty: the keys, and of each DRM system the elements that it has there. Its
 * contract, periods and whatever else go back as they came.
 */
export function answerCpix(
  uses: AnswerNeeds,
  request: CpixRequest,
  keys: ReadonlyMap<string, ContentKey>,
): XmlElement {
  const encrypted = elementsOf(request.root, 'DeliveryDataList').length > 0
  const { root, write } = writerFor(request.root, encrypted ? [CPIX, PSKC, ENC] : [CPIX, PSKC])
  const filling: Filling = { uses, request, keys, write, delivery: deliveryFor(uses, request.root, write) }
  const withKeys = mapChildren(root, 'ContentKeyList', (list) =>
    mapChildren(list, 'ContentKey', (key) => filledKey(filling, key)),
  )
  const withSystems = mapChildren(withKeys, 'DRMSystemList', (list) =>
    mapChildren(list, 'DRMSystem', (system) => filledSystem(filling, system)),
  )
  return mapChildren(withSystems, 'DeliveryDataList', (list) =>
    mapChildren(list, 'DeliveryData', filling.delivery.delivered),
  )
}

interface Filling {
  readonly uses: AnswerNeeds
  readonly request: CpixRequest
  readonly keys: ReadonlyMap<string, ContentKey>
  readonly write: Writer
  readonly delivery: Delivery
}

function keyFor({ keys }: Filling, { attributes }: XmlElement): ContentKey {
  const key = keys.get(keyIdOf(attributes.get('kid') ?? '') ?? '')
  if (!key) throw new Error('a key that was asked for was not made')
  return key
}

function filledKey(filling: Filling, element: XmlElement): XmlElement {
  const { write, delivery } = filling
  const key = keyFor(filling, element)
  const data = write(CPIX, 'Data', [write(PSKC, 'Secret', delivery.secretOf(key.key))])
  const others = element.children.filter((node) => typeof node === 'string' || node.local !== 'Data')
  return withChildren(withIv(filling, element, key), [...others, data])
}

/** An encryptor's own IV stays. `cenc` counts from one that the packager chooses for each sample, unless it asks for ours. */
function withIv({ request }: Filling, element: XmlElement, { iv }: ContentKey): XmlElement {
  const asked = element.attributes.get('explicitIV')
  if (asked || (request.scheme === 'cenc' && asked === undefined)) return element
  return withAttribute(element, 'explicitIV', base64(iv))
}

function filledSystem(filling: Filling, element: XmlElement): XmlElement {
  const { uses, request } = filling
  const { keyId, key } = keyFor(filling, element)
  const systemId = element.attributes.get('systemId') ?? ''
  const known = { keyId, key, origin: uses.config.publicOrigin }
  const signaling = signalingOf(systemId.toLowerCase(), known, request.scheme)
  if (!signaling) throw new SpekeRefused('Unsupported DRMSystem@systemId')
  return withChildren(
    element,
    element.children.map((node) =>
      typeof node === 'string' ? node : filledSignal(node, signaling, systemId),
    ),
  )
}

/** An element without a value would stop the encryptor, so one that the system has no value for is refused by its name. */
function filledSignal(element: XmlElement, signaling: Signaling, systemId: string): XmlElement {
  const value = signalOf(element, signaling)
  if (value === undefined) throw new SpekeRefused(`Unsupported DRMSystem.${element.local} for ${systemId}`)
  return withChildren(element, [value])
}

function signalOf({ local, attributes }: XmlElement, signaling: Signaling): string | undefined {
  const { pssh, contentProtection, smooth } = signaling
  if (local === 'PSSH') return pssh && base64(pssh)
  if (local === 'ContentProtectionData') return contentProtection && base64(Buffer.from(contentProtection))
  if (local === 'SmoothStreamingProtectionHeaderData') return smooth && base64(smooth)
  if (local !== 'HLSSignalingData') return undefined
  const tag = hlsTag(signaling, attributes.get('playlist') ?? 'media')
  return tag && base64(Buffer.from(tag))
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
