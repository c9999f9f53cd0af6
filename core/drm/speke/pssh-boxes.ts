import { createCipheriv } from 'node:crypto'
import { type Scheme, SYSTEM_IDS } from '../../protection/model.ts'

/** ISO/IEC 23001-7, 8.1. With `keyIds` it is of version 1, which lists them. */
function psshBox(systemId: string, data: Uint8Array, keyIds: readonly string[] = []): Uint8Array {
  const listed =
    keyIds.length === 0 ? [] : [uint32(keyIds.length), ...keyIds.map((id) => Buffer.from(id, 'hex'))]
  const version = uint32(keyIds.length === 0 ? 0 : 0x01_00_00_00)
  const system = Buffer.from(systemId.replaceAll('-', ''), 'hex')
  const body = [Buffer.from('pssh'), version, system, ...listed, uint32(data.byteLength), data]
  const size = body.reduce((sum, part) => sum + part.byteLength, 4)
  return Buffer.concat([uint32(size), ...body])
}

/** What the W3C's common format is: key ids and nothing else. https://www.w3.org/TR/eme-initdata-cenc/ */
export const commonPssh = (keyIds: readonly string[]): Uint8Array =>
  psshBox(SYSTEM_IDS.clearkey, new Uint8Array(), keyIds)

/**
 * WidevinePsshData with the fields that shaka-packager writes for a key of ours: `key_ids` (2) and `protection_scheme` (9), the
 * four characters as a number. Byte for byte the same as its own.
 */
export function widevinePssh(keyIds: readonly string[], scheme: Scheme): Uint8Array {
  const ids = keyIds.map((id) => Buffer.concat([Buffer.from([0x12, 16]), Buffer.from(id, 'hex')]))
  const fourCharacters = Buffer.from(scheme).readUInt32BE()
  return psshBox(SYSTEM_IDS.widevine, Buffer.concat([...ids, Buffer.from([0x48]), varint(fourCharacters)]))
}

export const playReadyPssh = (header: Uint8Array): Uint8Array => psshBox(SYSTEM_IDS.playready, header)

/**
 * PlayReady Object with one header record: WRMHEADER 4.3 for `cbcs`; for `cenc` 4.0, which older devices read and which proves
 * the key by a checksum. As shaka-packager writes them.
 * https://learn.microsoft.com/playready/specifications/playready-header-specification
 */
export function playReadyObject(keyId: string, key: Uint8Array, scheme: Scheme): Uint8Array {
  const guid = guidBytes(keyId)
  const kid = guid.toString('base64')
  const info =
    scheme === 'cbcs'
      ? `<KIDS><KID ALGID="AESCBC" VALUE="${kid}"></KID></KIDS></PROTECTINFO>`
      : `<KEYLEN>16</KEYLEN><ALGID>AESCTR</ALGID></PROTECTINFO><KID>${kid}</KID><CHECKSUM>${checksum(guid, key)}</CHECKSUM>`
  const version = scheme === 'cbcs' ? '4.3.0.0' : '4.0.0.0'
  const open = `<WRMHEADER xmlns="http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader" version="${version}">`
  const record = Buffer.from(`${open}<DATA><PROTECTINFO>${info}</DATA></WRMHEADER>`, 'utf16le')
  const head = Buffer.alloc(10)
  head.writeUInt32LE(record.byteLength + head.byteLength)
  head.writeUInt16LE(1, 4)
  head.writeUInt16LE(1, 6)
  head.writeUInt16LE(record.byteLength, 8)
  return Buffer.concat([head, record])
}

/** The first eight bytes of the KID's GUID under the key. */
function checksum(guid: Uint8Array, key: Uint8Array): string {
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false)
  return cipher.update(guid).subarray(0, 8).toString('base64')
}

/** The first three fields of a GUID are little-endian. */
function guidBytes(keyId: string): Buffer {
  const bytes = Buffer.from(keyId, 'hex')
  bytes.subarray(0, 4).reverse()
  bytes.subarray(4, 6).reverse()
  bytes.subarray(6, 8).reverse()
  return bytes
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** Of a protobuf. */
function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let left = value; ; left = Math.floor(left / 128)) {
    bytes.push(left < 128 ? left : (left % 128) + 128)
    if (left < 128) return Buffer.from(bytes)
  }
}
