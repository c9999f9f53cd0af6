import { randomBytes } from 'node:crypto'
import * as z from 'zod/mini'

/** The secret `wrapping-key`: the first wraps, all unwrap. */
const WrappingKeys = z
  .array(z.object({ id: z.string(), key: z.string().check(z.regex(/^[\w-]{43}$/)) }))
  .check(z.minLength(1))

export interface WrappingKey {
  readonly id: string
  /** 32 bytes. */
  readonly key: Uint8Array
}

export function parseWrappingKeys(text: string): readonly WrappingKey[] {
  const parsed = WrappingKeys.safeParse(jsonOf(text))
  // Without its cause, which may quote a key.
  if (!parsed.success) throw new Error('the secret wrapping-key is not a list of ids and 32-byte keys')
  return parsed.data.map(({ id, key }) => ({ id, key: Buffer.from(key, 'base64url') }))
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The list that a machine begins with. */
export const newWrappingKeys = (): readonly WrappingKey[] => [
  { id: randomBytes(8).toString('hex'), key: randomBytes(32) },
]

export const textOfWrappingKeys = (keys: readonly WrappingKey[]): string =>
  JSON.stringify(keys.map(({ id, key }) => ({ id, key: Buffer.from(key).toString('base64url') })))
