import { SecretMissing, type SecretName, type Secrets } from '../../../core/ports/secrets.ts'

/** Secrets that are given; others are missing. */
export const knownSecrets = (known: Partial<Record<SecretName, string>>): Secrets => ({
  async get(name) {
    const value = known[name]
    if (value === undefined) throw new SecretMissing(`${name} is not set up`)
    return value
  },
})

export const webhookSecrets = (...list: readonly { secret: string; notAfter?: string }[]): string =>
  JSON.stringify(list)
