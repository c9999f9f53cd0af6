import type { IdentityServer } from './identity.ts'
import { onlyQuery, openStrictServer, Refused, type StrictServer } from './strict-server.ts'

export interface KeyVault extends StrictServer {
  /** By name; may be changed while it runs. */
  readonly secrets: Map<string, string>
}

/** The part of a Key Vault that reads secrets. Without a token of the identity everything is refused. */
export async function openKeyVault(
  identity: Pick<IdentityServer, 'check'>,
  given: Readonly<Record<string, string>>,
): Promise<KeyVault> {
  const secrets = new Map(Object.entries(given))
  const server: StrictServer = await openStrictServer(({ method, path, query, headers }) => {
    identity.check(headers, 'https://vault.azure.net')
    // Names have letters, digits and dashes only.
    const name = /^\/secrets\/([0-9a-zA-Z-]{1,127})$/.exec(path)?.[1]
    if (method !== 'GET' || name === undefined)
      throw new Refused(400, 'BadParameter', `no such request: ${path}`)
    onlyQuery(query, { 'api-version': '7.4' })
    const value = secrets.get(name)
    if (value === undefined)
      throw new Refused(
        404,
        'SecretNotFound',
        `A secret with (name/id) ${name} was not found in this key vault.`,
      )
    const id = `${server.origin}/secrets/${name}/4387e9f3d6e14c459867679a90fd0f79`
    return { status: 200, body: { value, id, attributes: { enabled: true, recoveryLevel: 'Recoverable' } } }
  })
  return { ...server, secrets }
}
