import { SecretManagerSecret } from '@cdktf/provider-google/lib/secret-manager-secret/index.js'
import { type Holder, type SecretName, secretsOf, secretsOn } from '../shared/needs.ts'
import type { PlannedFunction } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { signsUrls } from './settings.ts'
import { secretPrefix } from './settings-names.ts'

export type Secrets = ReadonlyMap<SecretName, SecretManagerSecret>

/**
 * Empty for good: functions look here for a key file first and sign by IAM where there is none. "There is none" must be told:
 * of a secret that does not exist Secret Manager says 403 to who has no right on the whole project, of an empty one 404.
 */
const EMPTY: SecretName = 'storage-key'

/** Containers alone: the deployment writes the values, and no state ever holds one. */
export function laySecrets(stack: SkyreelStack): Secrets {
  const names = [...secretsOn(stack.place), EMPTY]
  return new Map(names.map((name) => [name, container(stack, name)]))
}

/** The secrets that a function reads, with the empty one where it signs. */
export const secretsRead = (fn: PlannedFunction, at: Holder): readonly SecretName[] => [
  ...secretsOf(fn, at),
  ...(signsUrls(fn) ? [EMPTY] : []),
]

/** What the deployment is told: the full name of each secret that it fills. */
export const secretOutputs = (secrets: Secrets): Partial<Record<SecretName, string>> =>
  Object.fromEntries([...secrets].filter(([name]) => name !== EMPTY).map(([name, { id }]) => [name, id]))

function container(stack: SkyreelStack, name: SecretName): SecretManagerSecret {
  const { place } = stack
  const { gcp, protectData } = place.environment
  return new SecretManagerSecret(stack, `secret-${name}`, {
    secretId: `${secretPrefix(place)}${name}`,
    // In the region of those who read them; encrypted by Google's keys.
    replication: { userManaged: { replicas: [{ location: gcp.region }] } },
    // A version that was destroyed by mistake can be brought back for a week.
    ...(protectData ? { versionDestroyTtl: `${7 * 86_400}s` } : {}),
    deletionProtection: protectData,
    lifecycle: { preventDestroy: protectData },
  })
}
