import { playbackNonces } from '../../playback/schema.ts'
import type { Uses } from '../../ports/ports.ts'
import type { Question } from './callback.ts'

/** True the first time: of any number at once that carry the same nonce, one. */
export async function takeNonce(
  { db }: Uses<'db'>,
  vendor: string,
  { nonce, nonceUntil }: Pick<Question, 'nonce' | 'nonceUntil'>,
): Promise<boolean> {
  const row = { issuer: `callback ${vendor}`, nonce, expiresAt: nonceUntil }
  const taken = await db.insert(playbackNonces).values(row).onConflictDoNothing().returning()
  return taken.length > 0
}
