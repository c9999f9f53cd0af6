import type { Clock } from '../../core/ports/clock.ts'
import { SecretMissing, type SecretName, type Secrets } from '../../core/ports/secrets.ts'
import { keepSecrets } from '../node/kept-secrets.ts'
import { type GoogleApi, GoogleRefused } from './credentials.ts'
import { crc32c } from './secrets-checksum.ts'

export interface GcpSecretsOptions {
  readonly project: string
  /** Put before a name: `prod-` makes `prod-token-key`. */
  readonly prefix: string
  /** Origin of Secret Manager. */
  readonly endpoint: string
  readonly api: GoogleApi
  readonly clock: Clock
}

/** Secret Manager's latest versions, kept as `keepSecrets` says. */
export const openGcpSecrets = (options: GcpSecretsOptions): Secrets =>
  keepSecrets((name) => read(options, name), options.clock)

/** https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access */
async function read(
  { project, prefix, endpoint, api }: GcpSecretsOptions,
  name: SecretName,
): Promise<string> {
  if (!/^[\w-]{1,100}$/.test(name)) throw new SecretMissing('that is no name of a secret')
  const url = `${endpoint}/v1/projects/${project}/secrets/${prefix}${name}/versions/latest:access`
  const answer = await api({ method: 'GET', url }).catch((cause: unknown) => {
    if (cause instanceof GoogleRefused && cause.status === 404)
      throw new SecretMissing(`there is no secret ${prefix}${name}`, { cause })
    throw cause
  })
  return checked(answer.payload, name)
}

function checked(payload: unknown, name: string): string {
  const { data, dataCrc32c } = (payload ?? {}) as { data?: unknown; dataCrc32c?: unknown }
  if (typeof data !== 'string' || dataCrc32c === undefined)
    throw new Error(`the answer holds no bytes or no checksum of the secret ${name}`)
  const bytes = Buffer.from(data, 'base64')
  if (String(crc32c(bytes)) !== String(dataCrc32c))
    throw new Error(`the bytes of the secret ${name} do not fit their checksum`)
  return bytes.toString()
}
