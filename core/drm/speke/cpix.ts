import type { Protection } from '../../protection/model.ts'
import { keyIdOf } from '../license-key-id.ts'
import { readContract, type UsageRule } from './contract.ts'
import { noScheme, SPEKE_ERRORS, SpekeRefused, schemeOfOtherSystem } from './refused.ts'
import { isSystemId, schemesOf } from './signaling.ts'
import { elementsOf, type XmlElement } from './xml.ts'

export const CPIX = 'urn:dashif:org:cpix'

/** SPEKE says in its header which CPIX it is made of. */
export const CPIX_OF = new Map([
  ['2.0', '2.3'],
  ['2.1', '2.4'],
])

/** `cbc1` is what HLS has with whole segments: AES-128. `cens` has no encryption of ours. */
export const PROTECTION_OF: Readonly<Record<string, Exclude<Protection, 'clear'>>> = {
  cenc: 'cenc',
  cbcs: 'cbcs',
  cbc1: 'aes-128',
}

export interface RequestedKey {
  readonly keyId: string
  /** Where the encryptor brings its own. */
  readonly iv?: Uint8Array
}

/** What an encryptor asks for. */
export interface CpixRequest {
  readonly root: XmlElement
  readonly contentId: string
  readonly scheme: string
  readonly protection: Exclude<Protection, 'clear'>
  readonly keys: readonly RequestedKey[]
  readonly rules: readonly UsageRule[]
}

const MAX_KEYS = 64

/** Throws `SpekeRefused` with the words that SPEKE has for it, looked at in the order of its table. */
export function readCpix(root: XmlElement, spekeVersion: string): CpixRequest {
  if (root.local !== 'CPIX' || root.namespace !== CPIX) throw new SpekeRefused('Malformed CPIX document')
  const contentId = root.attributes.get('contentId') ?? ''
  if (contentId === '') throw new SpekeRefused(SPEKE_ERRORS.contentId)
  const version = root.attributes.get('version') ?? ''
  if (version === '') throw new SpekeRefused(SPEKE_ERRORS.version)
  if (CPIX_OF.get(spekeVersion) !== version) throw new SpekeRefused(SPEKE_ERRORS.otherVersion)
  if (elementsOf(root, 'Signature').length > 0) throw new SpekeRefused('XMLDSIG is not supported')
  const elements = elementsOf(root, 'ContentKeyList').flatMap((list) => elementsOf(list, 'ContentKey'))
  const keys = elements.map(readKey)
  checkKeys(keys)
  const scheme = schemeOf(elements)
  checkSystems(root, keys, scheme)
  const rules = readContract(
    root,
    keys.map(({ keyId }) => keyId),
  )
  return { root, contentId, scheme, protection: protectionOf(scheme), keys, rules }
}

function readKey({ attributes }: XmlElement): RequestedKey {
  const keyId = keyIdOf(attributes.get('kid') ?? '')
  if (keyId === undefined) throw new SpekeRefused('Malformed ContentKey@kid')
  const iv = attributes.get('explicitIV') ?? ''
  if (iv === '') return { keyId }
  // Not the one canonical form: AWS's own examples set bits behind the end.
  if (!/^[A-Za-z0-9+/]{22}==$/.test(iv)) throw new SpekeRefused('Malformed ContentKey@explicitIV')
  return { keyId, iv: new Uint8Array(Buffer.from(iv, 'base64')) }
}

function checkKeys(keys: readonly RequestedKey[]): void {
  if (keys.length === 0) throw new SpekeRefused('Missing ContentKey')
  if (keys.length > MAX_KEYS) throw new SpekeRefused(`More than ${MAX_KEYS} ContentKey elements`)
  if (new Set(keys.map(({ keyId }) => keyId)).size < keys.length)
    throw new SpekeRefused('Repeated ContentKey@kid')
}

function schemeOf(elements: readonly XmlElement[]): string {
  const schemes = elements.map(({ attributes }) => {
    const scheme = attributes.get('commonEncryptionScheme') ?? ''
    if (scheme === '') throw new SpekeRefused(noScheme(attributes.get('kid') ?? ''))
    return scheme
  })
  if (new Set(schemes).size > 1) throw new SpekeRefused(SPEKE_ERRORS.mixedSchemes)
  return schemes[0] ?? ''
}

function protectionOf(scheme: string): Exclude<Protection, 'clear'> {
  const protection = Object.hasOwn(PROTECTION_OF, scheme) ? PROTECTION_OF[scheme] : undefined
  if (!protection) throw new SpekeRefused('Unsupported ContentKey@commonEncryptionScheme')
  return protection
}

function checkSystems(root: XmlElement, keys: readonly RequestedKey[], scheme: string): void {
  const systems = elementsOf(root, 'DRMSystemList').flatMap((list) => elementsOf(list, 'DRMSystem'))
  if (systems.length === 0) throw new SpekeRefused('Missing DRMSystem')
  for (const { attributes } of systems) {
    const [keyId, said] = [keyIdOf(attributes.get('kid') ?? ''), attributes.get('systemId') ?? '']
    if (!keys.some((key) => key.keyId === keyId)) throw new SpekeRefused('DRMSystem@kid without a ContentKey')
    const systemId = said.toLowerCase()
    if (!isSystemId(systemId)) throw new SpekeRefused('Unsupported DRMSystem@systemId')
    if (!schemesOf(systemId).includes(scheme)) throw new SpekeRefused(schemeOfOtherSystem(said))
  }
}
