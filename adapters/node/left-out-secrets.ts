import { SecretMissing, type Secrets } from '../../core/ports/secrets.ts'

/**
 * Infrastructure names in SKYREEL_SECRETS_LEFT_OUT the secrets that it has not made, those of payment providers without an
 * account. They are missing without a question to the store, which would say of them that they are forbidden.
 */
export function withoutLeftOut(
  { SKYREEL_SECRETS_LEFT_OUT: names = '' }: Readonly<Record<string, string | undefined>>,
  secrets: Secrets,
): Secrets {
  const leftOut = new Set(names.split(','))
  return {
    async get(name) {
      if (leftOut.has(name)) throw new SecretMissing(`this deployment has no secret ${name}`)
      return secrets.get(name)
    },
  }
}
