import type { AccessToken, TokenCredential } from '@azure/core-auth'
import * as z from 'zod/mini'
import type { Clock } from '../../core/ports/clock.ts'
import type { ManagedIdentity } from './config.ts'
import { keep } from './credentials-keep.ts'
import { openRest, refusal } from './credentials-rest.ts'

/** The platform gives the same token again until shortly before its end, so asking early costs little. */
const RENEWED_BEFORE_MS = 5 * 60_000

/** `expires_on` is in seconds since 1970, as text on App Service. */
const Answer = z.object({ access_token: z.string(), expires_on: z.union([z.string(), z.number()]) })

/**
 * Tokens of the process's managed identity, one request at a time for each resource, kept until five minutes before they
 * expire. Own code: `@azure/identity` weighs more than a whole function may. The protocol:
 * https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export function openManagedIdentity(identity: ManagedIdentity, clock: Clock): TokenCredential {
  const rest = openRest(clock, async () => ({ 'x-identity-header': identity.header }))
  const tokenOf = keep<AccessToken>(clock, async (resource) => {
    const answer = await rest(tokenUrl(identity, resource))
    if (!answer.ok) throw await refusal(`asking for a token for ${resource}`, answer)
    const { access_token: token, expires_on } = Answer.parse(await answer.json())
    const expiresOnTimestamp = Number(expires_on) * 1000
    const until = new Date(expiresOnTimestamp - RENEWED_BEFORE_MS)
    return { value: { token, expiresOnTimestamp }, until }
  })
  return { getToken: (scopes) => tokenOf(resourceOf(scopes)) }
}

function tokenUrl({ endpoint, clientId }: ManagedIdentity, resource: string): string {
  const query = new URLSearchParams({ resource, 'api-version': '2019-08-01' })
  if (clientId !== undefined) query.set('client_id', clientId)
  return `${endpoint}?${query}`
}

/** SDKs ask for scopes, `https://vault.azure.net/.default`; this protocol knows resources. */
function resourceOf(scopes: string | string[]): string {
  const [scope, ...more] = [scopes].flat()
  if (scope === undefined || more.length > 0)
    throw new Error('a managed identity gives a token for one scope')
  return scope.replace(/\/\.default$/, '')
}
