import * as z from 'zod/mini'
import { SecretMissing, type SecretName, type Secrets } from '../../core/ports/secrets.ts'

/** What is not empty. A blank secret is one with which anybody could sign. */
export const filled = z.string().check(z.regex(/\S/))

/** Until when a secret is good, ISO 8601: during a rotation there are two. Without it, until it is taken out. */
export const notAfter = z.optional(z.iso.datetime({ offset: true }))

/** A secret in its form. One that is not of it is `SecretMissing`: nothing can be verified with it. */
export async function readSecret<T>(secrets: Secrets, name: SecretName, form: z.ZodMiniType<T>): Promise<T> {
  const text = await secrets.get(name)
  try {
    return z.parse(form, JSON.parse(text))
  } catch {
    // Its error would repeat parts of the secret, so it is no cause.
    throw new SecretMissing(`${name} is not the JSON that its driver says`)
  }
}

/** Those that are good now. Fails closed where none is. */
export function liveOnes<T extends { readonly notAfter?: string | undefined }>(
  listed: readonly T[],
  { now, name }: { readonly now: Date; readonly name: string },
): readonly T[] {
  const live = listed.filter(({ notAfter: end }) => end === undefined || now <= new Date(end))
  if (live.length === 0) throw new SecretMissing(`no secret of ${name} is good now`)
  return live
}
