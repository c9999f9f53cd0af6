import { expect } from 'vitest'
import { contract, type Gap, type Open } from '../run/contract.ts'
import { SecretMissing, type SecretName, type Secrets } from './secrets.ts'

export interface OpenedSecrets {
  readonly secrets: Secrets
  /** The same secrets as another process sees them. */
  readonly elsewhere: Secrets
}

/** Every promise of the Secrets port. */
export function secretsContract(title: string, open: Open<OpenedSecrets>, gaps: readonly Gap[] = []): void {
  contract(title, open, gaps, (rule) => {
    rule('gives a private Ed25519 key to sign tokens with', async ({ secrets }) => {
      expect(JSON.parse(await secrets.get('token-key'))).toMatchObject({
        kty: 'OKP',
        crv: 'Ed25519',
        d: expect.any(String),
      })
    })
    rule('gives at least 32 random bytes to sign URLs with', async ({ secrets }) => {
      expect(Buffer.from(await secrets.get('delivery-key'), 'base64url').length).toBeGreaterThanOrEqual(32)
    })
    rule('gives every process the same value, also when they ask at once', async ({ secrets, elsewhere }) => {
      const [one, two] = await Promise.all([secrets.get('token-key'), elsewhere.get('token-key')])
      expect(two).toBe(one)
    })
    rule('throws for a name that is not set up', async ({ secrets }) => {
      await expect(secrets.get('no-such-secret' as SecretName)).rejects.toThrow(SecretMissing)
    })
  })
}
