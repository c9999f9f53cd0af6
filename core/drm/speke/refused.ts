/** The exact words of https://docs.aws.amazon.com/speke/latest/documentation/speke-constraints-v2.html; encryptors show them. */
export const SPEKE_ERRORS = {
  contentId: 'Missing CPIX@contentId',
  version: 'Missing CPIX@version',
  otherVersion: 'Unsupported CPIX@version',
  mixedSchemes: 'Non compliant ContentKey@commonEncryptionScheme combination',
  spekeVersion: 'Unsupported SPEKE version',
  malformedContract: 'Malformed encryption contract',
  contractNotSupported: 'Requested CPIX encryption contract not supported',
  noContract: 'Missing CPIX encryption contract',
} as const

export const noScheme = (kid: string) => `Missing ContentKey@commonEncryptionScheme for KID ${kid}`
export const schemeOfOtherSystem = (systemId: string) =>
  `ContentKey@commonEncryptionScheme non compatible with DRMSystem ${systemId}`

/** 422 with this text alone as the body. */
export class SpekeRefused extends Error {
  override readonly name = 'SpekeRefused'
}
