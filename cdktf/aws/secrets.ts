import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret/index.js'
import { type SecretName, secretsOn } from '../shared/needs.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { secretName } from './settings.ts'

/** ARNs by our names. */
export type Secrets = Readonly<Partial<Record<SecretName, string>>>

/** Days in which a deleted secret of a protected environment can be had back. */
const RECOVERY_DAYS = 30

/**
 * Containers alone: the deployment writes the values, so that none is in a state. Where data is not protected a deleted
 * secret is gone at once, or its name could not be used again for a week.
 */
export function makeSecrets(stack: SkyreelStack): Secrets {
  const { protectData } = stack.place.environment
  const made = secretsOn(stack.place).map((name) => {
    const secret = new SecretsmanagerSecret(stack, `secret-${name}`, {
      name: secretName(stack.place, name),
      recoveryWindowInDays: protectData ? RECOVERY_DAYS : 0,
      lifecycle: { preventDestroy: protectData },
    })
    secret.overrideLogicalId(`secret-${name}`)
    return [name, secret.arn] as const
  })
  return Object.fromEntries(made)
}
