import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { SecretMissing, type SecretName, type Secrets } from '../../core/ports/secrets.ts'
import { remember } from './remember.ts'

/** Secrets of one machine: files of mode 0600 in `folder`, made on first use. Copying the folder moves them. */
export function openLocalSecrets(folder: string): Secrets {
  const known = new Map<SecretName, Promise<string>>()
  return {
    get(name) {
      const value = known.get(name) ?? readOrMake(folder, name)
      known.set(name, value)
      // A failure is not kept: the next call looks again.
      value.catch(() => known.delete(name))
      return value
    },
  }
}

const MAKE: Readonly<Partial<Record<SecretName, () => Promise<string>>>> = {
  'token-key': makeTokenKey,
  'delivery-key': async () => randomBytes(32).toString('base64url'),
}

async function makeTokenKey(): Promise<string> {
  const { calculateJwkThumbprint, exportJWK, generateKeyPair } = await import('jose')
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const jwk = await exportJWK(privateKey)
  return JSON.stringify({ ...jwk, alg: 'EdDSA', use: 'sig', kid: await calculateJwkThumbprint(jwk) })
}

async function readOrMake(folder: string, name: SecretName): Promise<string> {
  const make = Object.hasOwn(MAKE, name) ? MAKE[name] : undefined
  if (!make) throw new SecretMissing(`there is no secret ${JSON.stringify(name)}`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return remember(join(folder, name), make)
}
