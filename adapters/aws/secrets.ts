import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import type { Clock } from '../../core/ports/clock.ts'
import { SecretMissing, type Secrets } from '../../core/ports/secrets.ts'
import { keepSecrets } from '../node/kept-secrets.ts'
import { type AwsAccess, clientOptions } from './config.ts'

export interface AwsSecretsOptions extends AwsAccess {
  readonly clock: Pick<Clock, 'now'>
}

/** Secrets Manager, kept as `keepSecrets` says. */
export function openAwsSecrets(options: AwsSecretsOptions): Secrets {
  const client = new SecretsManagerClient(clientOptions(options, 'secretsManager'))
  return keepSecrets((name) => read(client, `${options.config.secrets}${name}`), options.clock)
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
