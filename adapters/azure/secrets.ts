import type { TokenCredential } from '@azure/core-auth'
import * as z from 'zod/mini'
import type { Clock } from '../../core/ports/clock.ts'
import { SecretMissing, type Secrets } from '../../core/ports/secrets.ts'
import { keepSecrets } from '../node/kept-secrets.ts'
import { bearer, openRest, refusal } from './credentials-rest.ts'

export interface AzureSecretsOptions {
  /** Origin of the vault: `https://name.vault.azure.net`. */
  readonly vault: string
  readonly credential: TokenCredential
  readonly clock: Clock
}

const Answer = z.object({ value: z.string() })
const Refusal = z.object({ error: z.object({ code: z.string() }) })

/**
 * Secrets of a Key Vault under their own names, read by its REST API: its SDK would be a tenth of what a function may
 * weigh. https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret
 */
export function openAzureSecrets({ vault, credential, clock }: AzureSecretsOptions): Secrets {
  const rest = openRest(clock, bearer(credential, 'https://vault.azure.net'))
  return keepSecrets(async (name) => {
    const answer = await rest(`${vault}/secrets/${encodeURIComponent(name)}?api-version=7.4`)
    if (!answer.ok) throw await failure(name, answer)
    return Answer.parse(await answer.json()).value
  }, clock)
}

/** A 404 without the vault's own code comes from something else than the vault, and says nothing about the secret. */
async function failure(name: string, answer: Response): Promise<Error> {
  const doing = `reading the secret ${name}`
  if (answer.status !== 404) return refusal(doing, answer)
  const said = Refusal.safeParse(
    await answer
      .clone()
      .json()
      .catch(() => undefined),
  )
  if (said.data?.error.code !== 'SecretNotFound') return refusal(doing, answer)
  return new SecretMissing(`the vault has no secret ${name}`)
}
