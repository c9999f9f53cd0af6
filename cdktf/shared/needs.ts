import type { Cloud } from './environment.ts'
import type { PlannedFunction } from './plan.ts'

/** A secret that a deployed function may read. `database-url-read` is of a role that may only select. */
export const SECRETS = [
  'token-key',
  'delivery-key',
  'storage-key',
  'cdn-key',
  'database-url',
  'database-url-read',
] as const
export type SecretName = (typeof SECRETS)[number]

/**
 * The secrets that a cloud's column has no use for: AWS signs the store's URLs with the function's role, Google with its
 * service account, and Azure's CDN takes the store's own signatures.
 */
const NOT_ON: Readonly<Record<Cloud, readonly SecretName[]>> = {
  aws: ['storage-key'],
  gcp: ['storage-key'],
  azure: ['cdn-key'],
}

/** Every secret that a deployment on this cloud holds. */
export const secretsOn = (cloud: Cloud): readonly SecretName[] =>
  SECRETS.filter((name) => !NOT_ON[cloud].includes(name))

/**
 * What the manifest names, the one connection string that its use of the database asks for, and the key that signs the
 * store's URLs where it signs some. Sorted, and without what this cloud has no use for.
 */
export function secretsOf({ name, uses }: PlannedFunction, cloud: Cloud): readonly SecretName[] {
  const named = (uses.secrets ?? [])
    .filter((secret) => secret !== 'database-url')
    .map((secret) => known(name, secret))
  const all = new Set([...named, ...databaseSecret(uses.db), ...signingSecret(uses.storage)])
  return secretsOn(cloud).filter((secret) => all.has(secret))
}

function signingSecret(storage: PlannedFunction['uses']['storage'] = {}): readonly SecretName[] {
  const signs = Object.values(storage).some((actions) => actions.some((action) => action.startsWith('sign-')))
  return signs ? ['storage-key'] : []
}

function databaseSecret(use: 'read' | 'readwrite' | undefined): readonly SecretName[] {
  if (use === undefined) return []
  return [use === 'read' ? 'database-url-read' : 'database-url']
}

function known(fn: string, secret: string): SecretName {
  const found = SECRETS.find((one) => one === secret)
  if (found === undefined)
    throw new Error(`${fn} uses the secret "${secret}", which is none of ${SECRETS.join(', ')}`)
  return found
}
