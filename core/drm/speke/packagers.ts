import { createHash, timingSafeEqual } from 'node:crypto'
import * as z from 'zod/mini'
import type { Uses } from '../../ports/ports.ts'
import { SecretMissing } from '../../ports/secrets.ts'

const Packagers = z
  .array(
    z.strictObject({
      user: z.string().check(z.regex(/^[\w.@-]{1,64}$/)),
      password: z.string().check(z.minLength(32), z.maxLength(200)),
    }),
  )
  .check(z.minLength(1), z.maxLength(50))

/**
 * Which packager asks, by HTTP Basic (RFC 7617) against the secret `speke`; `undefined` for none of them. All are compared, and
 * by hashes: neither who is on the list nor how much of a password was right can be told from the time.
 */
export async function packagerOf(
  uses: Uses<'secrets'>,
  headers: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const base64 = /^Basic ([A-Za-z0-9+/]{1,1000}={0,2})$/i.exec(headers.authorization ?? '')?.[1]
  const given = hashOf(Buffer.from(base64 ?? '', 'base64'))
  const known = await packagers(uses)
  const right = known.filter(({ user, password }) => timingSafeEqual(given, hashOf(`${user}:${password}`)))
  return right[0]?.user
}

const hashOf = (text: string | Uint8Array): Uint8Array => createHash('sha256').update(text).digest()

async function packagers({ secrets }: Uses<'secrets'>): Promise<z.infer<typeof Packagers>> {
  const text = await secrets.get('speke').catch((error: unknown) => {
    if (error instanceof SecretMissing) return undefined
    throw error
  })
  if (text === undefined) return []
  const read = z.safeParse(Packagers, jsonOf(text))
  // Without its cause: the parser's messages quote the secret.
  if (!read.success) throw new Error('the secret speke is not the JSON that docs/drm.md says')
  return read.data
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
