/** `32 hex digits` of a key id as addresses carry it, with or without a UUID's dashes; `undefined` for anything else. */
export function keyIdOf(text: string): string | undefined {
  const lower = text.toLowerCase()
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(lower)) return lower.replaceAll('-', '')
  return /^[0-9a-f]{32}$/.test(lower) ? lower : undefined
}

/** Base64url of 16 bytes without padding, in the one way that those bytes are written. */
export const KEY_ID_BASE64URL = /^[A-Za-z0-9_-]{21}[AQgw]$/

export const keyIdOfBase64Url = (text: string): string => Buffer.from(text, 'base64url').toString('hex')
export const base64UrlOfKeyId = (keyId: string): string => Buffer.from(keyId, 'hex').toString('base64url')

/**
 * PlayReady writes a KID as base64 of a GUID: its first three fields little-endian, where a KID elsewhere is 16 bytes as they
 * stand. https://learn.microsoft.com/playready/specifications/playready-header-specification
 */
export function keyIdOfGuid(base64: string): string | undefined {
  if (!/^[A-Za-z0-9+/]{21}[AQgw]==$/.test(base64)) return undefined
  const bytes = Buffer.from(base64, 'base64')
  bytes.subarray(0, 4).reverse()
  bytes.subarray(4, 6).reverse()
  bytes.subarray(6, 8).reverse()
  return bytes.toString('hex')
}

/** The GUID as text, `0872786e-f9e7-465f-a3a2-4e5b0ef8fa45`: the same digits as the KID. */
export const guidOf = (keyId: string): string =>
  keyId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
