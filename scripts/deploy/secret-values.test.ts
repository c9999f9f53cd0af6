import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { CLOUDS } from '../../cdktf/shared/environment.ts'
import { SECRETS } from '../../cdktf/shared/needs.ts'
import { isOperators, newSecretValue, publicHalf } from './secret-values.ts'

describe('a new secret', () => {
  it.each(CLOUDS)('on %s is made for the keys that are ours alone', async (cloud) => {
    const made = []
    for (const name of SECRETS) if ((await newSecretValue(name, cloud)) !== undefined) made.push(name)
    expect(made).toEqual(['token-key', 'delivery-key', ...(cloud === 'azure' ? [] : ['cdn-key'])])
  })
  it.each(SECRETS.filter(isOperators))('%s is left to the operator', async (name) => {
    const made = await Promise.all(CLOUDS.map((cloud) => newSecretValue(name, cloud)))
    expect(made).toEqual([undefined, undefined, undefined])
  })
  it.each(SECRETS)('%s is never made twice the same', async (name) => {
    const [one, other] = await Promise.all([newSecretValue(name, 'aws'), newSecretValue(name, 'aws')])
    expect(one === undefined || one !== other).toBe(true)
  })
  it('signs tokens as the secrets port says: a private JWK of Ed25519 with an id', async () => {
    const jwk = JSON.parse((await newSecretValue('token-key', 'gcp')) ?? '')
    expect(jwk).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', d: expect.any(String) })
    expect(jwk.kid).toHaveLength(43)
  })
  it('signs URLs with 256 bits', async () => {
    const key = (await newSecretValue('delivery-key', 'azure')) ?? ''
    expect(Buffer.from(key, 'base64url')).toHaveLength(32)
  })
  it('signs for Cloud CDN with 128 bits, padded', async () => {
    const key = (await newSecretValue('cdn-key', 'gcp')) ?? ''
    expect(key).toMatch(/^[\w-]{22}==$/)
  })
  it('signs for CloudFront with RSA of 2048 bits', async () => {
    const key = createPrivateKey((await newSecretValue('cdn-key', 'aws')) ?? '')
    expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048)
  })
})

describe('the public half of CloudFront’s key', () => {
  it('verifies what the private one signs', async () => {
    const pem = (await newSecretValue('cdn-key', 'aws')) ?? ''
    const signature = sign('sha1', Buffer.from('policy'), pem)
    expect(verify('sha1', Buffer.from('policy'), createPublicKey(publicHalf(pem)), signature)).toBe(true)
  })
  it('holds nothing of the private one', async () => {
    expect(publicHalf((await newSecretValue('cdn-key', 'aws')) ?? '')).not.toContain('PRIVATE')
  })
  it('is refused of what is no key, without repeating it', () => {
    expect(() => publicHalf('hidden words')).toThrow('the key of the CDN is no private key in PEM')
  })
})
