import { createPublicKey, generateKeyPair, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import type { Cloud } from '../../cdktf/shared/environment.ts'
import type { SecretName } from '../../cdktf/shared/needs.ts'

const makePair = promisify(generateKeyPair)

/** Of payment providers, of the owners of DRM systems and of packagers, who tell them to an operator. Without one, whatever needs it answers 503. */
const OPERATORS: readonly SecretName[] = [
  ...(['stripe-key', 'stripe-webhook', 'paypal', 'braintree', 'razorpay'] as const),
  ...(['widevine', 'playready', 'fairplay', 'drm-vendors', 'speke'] as const),
]

/** Whether nobody but an operator can put a value into this secret. */
export const isOperators = (name: SecretName): boolean => OPERATORS.includes(name)

/**
 * Secrets that a deployment makes by itself. The others come from Neon (`database-url…`), from the store's account
 * (`storage-key`), or from an operator.
 */
const MAKE: Readonly<Partial<Record<SecretName, (cloud: Cloud) => Promise<string | undefined>>>> = {
  'token-key': makeTokenKey,
  'delivery-key': async () => randomBytes(32).toString('base64url'),
  'cdn-key': makeCdnKey,
}

/** A new value of a secret in the form that `core/ports/secrets.ts` gives; `undefined` for one that is not made here. */
export async function newSecretValue(name: SecretName, cloud: Cloud): Promise<string | undefined> {
  return MAKE[name]?.(cloud)
}

/** Signs access tokens: an Ed25519 pair as a JWK, named by its thumbprint. */
async function makeTokenKey(): Promise<string> {
  const { calculateJwkThumbprint, exportJWK, generateKeyPair } = await import('jose')
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const jwk = await exportJWK(privateKey)
  return JSON.stringify({ ...jwk, alg: 'EdDSA', use: 'sig', kid: await calculateJwkThumbprint(jwk) })
}

/** What each CDN signs with; Front Door takes the store's own signatures. */
async function makeCdnKey(cloud: Cloud): Promise<string | undefined> {
  if (cloud === 'aws') return makeCloudFrontKey()
  // With its padding, as gcloud reads a key file.
  if (cloud === 'gcp') return randomBytes(16).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
  return undefined
}

/**
 * CloudFront takes RSA of 2048 bits.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html
 */
async function makeCloudFrontKey(): Promise<string> {
  const { privateKey } = await makePair('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return privateKey
}

/** The public half of a private key in PEM, which CloudFront is given. Throws where it is no private key; the text is not repeated. */
export function publicHalf(pem: string): string {
  try {
    return createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString()
  } catch (error) {
    throw new Error('the key of the CDN is no private key in PEM', { cause: error })
  }
}
