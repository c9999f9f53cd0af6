import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { SecretMissing, type SecretName, type Secrets } from '../../core/ports/secrets.ts'
import { readIfThere, remember } from './remember.ts'
import { newWrappingKeys, textOfWrappingKeys } from './wrapping-key.ts'

export type GivenSecrets = Readonly<Partial<Record<SecretName, string>>>

/**
 * Secrets of one machine: files of mode 0600 in `folder`, ours made on first use, those of vendors laid there. Copying the
 * folder moves them. What is `given` goes before the files.
 */
export function openLocalSecrets(folder: string, given: GivenSecrets = {}): Secrets {
  const known = new Map<SecretName, Promise<string>>()
  return {
    async get(name) {
      const told = given[name]
      if (told !== undefined) return told
      if (CHANGES.has(name)) return readOrMake(folder, name)
      const value = known.get(name) ?? readOrMake(folder, name)
      known.set(name, value)
      // A failure is not kept: the next call looks again.
      value.catch(() => known.delete(name))
      return value
    },
  }
}

/** Read at each use: the platform runs on while `npm run keys -- new-local-key` puts a key in front. */
const CHANGES: ReadonlySet<SecretName> = new Set<SecretName>(['wrapping-key'])

const MAKE: Readonly<Partial<Record<SecretName, () => Promise<string>>>> = {
  'token-key': makeTokenKey,
  'delivery-key': async () => randomBytes(32).toString('base64url'),
  'wrapping-key': async () => textOfWrappingKeys(newWrappingKeys()),
  // Of the local Stripe server, which takes this key alone.
  'stripe-key': async () => `sk_test_${randomBytes(18).toString('hex')}`,
}

async function makeTokenKey(): Promise<string> {
  const { calculateJwkThumbprint, exportJWK, generateKeyPair } = await import('jose')
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const jwk = await exportJWK(privateKey)
  return JSON.stringify({ ...jwk, alg: 'EdDSA', use: 'sig', kid: await calculateJwkThumbprint(jwk) })
}

async function readOrMake(folder: string, name: SecretName): Promise<string> {
  const make = Object.hasOwn(MAKE, name) ? MAKE[name] : undefined
  const file = join(folder, name)
  if (!make) return placed(file, name)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return remember(file, make)
}

/** Of a vendor, which somebody has laid there: nobody could make one. */
async function placed(file: string, name: SecretName): Promise<string> {
  const text = await readIfThere(file)
  if (text === undefined) throw new SecretMissing(`there is no secret ${JSON.stringify(name)}`)
  return text.trim()
}
