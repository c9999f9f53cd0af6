import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import type { Clock } from '../../core/ports/clock.ts'
import { SecretMissing, type SecretName, type Secrets } from '../../core/ports/secrets.ts'
import { type AwsAccess, clientOptions } from './config.ts'

export interface AwsSecretsOptions extends AwsAccess {
  readonly clock: Pick<Clock, 'now'>
}

/** A key that was rotated is taken up within this time; until then one call serves all invocations of a process. */
const KEPT_MS = 5 * 60_000

interface Known {
  readonly value: Promise<string>
  readonly until: number
}

/** Secrets Manager, read at first use and every five minutes. Those that ask together share one request. */
export function openAwsSecrets(options: AwsSecretsOptions): Secrets {
  const client = new SecretsManagerClient(clientOptions(options, 'secretsManager'))
  const known = new Map<SecretName, Known>()
  const now = () => options.clock.now().getTime()
  const load = (name: SecretName): Promise<string> => {
    const value = read(client, `${options.config.secrets}${name}`)
    const entry = { value, until: now() + KEPT_MS }
    known.set(name, entry)
    // A failure is not kept: the next call asks again.
    value.catch(() => known.get(name) === entry && known.delete(name))
    return value
  }
  return {
    async get(name) {
      const found = known.get(name)
      return found && now() < found.until ? found.value : load(name)
    },
  }
}

async function read(client: SecretsManagerClient, SecretId: string): Promise<string> {
  const { SecretString } = await find(client, SecretId)
  if (SecretString !== undefined) return SecretString
  throw new Error(`the secret ${SecretId} holds bytes, not text`)
}

async function find(client: SecretsManagerClient, SecretId: string) {
  try {
    return await client.send(new GetSecretValueCommand({ SecretId }))
  } catch (cause) {
    if (cause instanceof ResourceNotFoundException)
      throw new SecretMissing(`Secrets Manager has no value of ${SecretId}`, { cause })
    throw new Error(`the secret ${SecretId} could not be read`, { cause })
  }
}
