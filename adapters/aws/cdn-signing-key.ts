import { createPrivateKey, type KeyObject } from 'node:crypto'
import { listIn } from '../node/key-list.ts'
import type { SigningKey } from './cdn-sign.ts'

/**
 * What signs: the first of a JSON list of `{keyId, pem}`, or the PEM that is the whole secret, under the id that the
 * deployment tells. The others of the list still open what they have signed for as long as CloudFront's key group has them.
 */
export function signingKey(secret: string, keyId: string): SigningKey {
  if (!secret.trimStart().startsWith('[')) return { keyId, key: checked(secret) }
  const first = (listIn(secret)[0] ?? {}) as Readonly<Record<string, unknown>>
  if (typeof first.keyId !== 'string' || typeof first.pem !== 'string')
    throw new Error('the first key in the secret cdn-key has no keyId or no pem')
  return { keyId: first.keyId, key: checked(first.pem) }
}

/** RSA of 2048 bits or ECDSA on P-256, which CloudFront takes. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html */
function checked(pem: string): KeyObject {
  const key = createPrivateKey(pem)
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {}
  if (modulusLength === 2048 || namedCurve === 'prime256v1') return key
  throw new Error(
    'the secret cdn-key is neither RSA of 2048 bits nor ECDSA on P-256: CloudFront takes no other',
  )
}
