import { eq } from 'drizzle-orm'
import type { HttpRequest } from '../../http/request.ts'
import type { Ask } from '../../playback/ask.ts'
import { type DecideNeeds, decide } from '../../playback/decide.ts'
import { PlaybackRefused } from '../../playback/refusals.ts'
import { playbackSessions } from '../../playback/schema.ts'
import type { Uses } from '../../ports/ports.ts'
import type { Context } from '../../run/context.ts'
import { isId } from '../../run/id.ts'
import { keyFactsOf } from '../content-keys.ts'
import type { Granted, Question } from './callback.ts'

type From = Pick<HttpRequest, 'clientIp' | 'headers'>

/** The decision for a vendor's question, and the keys that may go out by it. Throws `PlaybackRefused`. */
export async function decideCallback(
  uses: DecideNeeds,
  ctx: Context,
  { question, vendor }: { readonly question: Question; readonly vendor: From },
): Promise<Granted> {
  const request = (await viewerOf(uses, question)) ?? vendor
  const permit = await decide(uses, ctx, { ...asked(question), request })
  const { id, generation, edition } = permit.video
  const { keyIds } = question
  const meant = (await keyFactsOf(uses.db, id)).filter((key) =>
    keyIds ? keyIds.includes(key.keyId) : key.generation === generation && key.edition === edition,
  )
  const allowed = meant.filter(({ label }) => permit.labels.includes(label))
  if (allowed.length === 0) throw new PlaybackRefused('quality-not-allowed')
  return { permit, keyIds: allowed.map(({ keyId }) => keyId), whole: allowed.length === meant.length }
}

/** The request is the vendor's: where the viewer is, we saw when the session was opened. */
async function viewerOf(
  { db, config: { countryHeader } }: Uses<'db' | 'config'>,
  { sessionId }: Question,
): Promise<From | undefined> {
  if (!isId('pbs', sessionId)) return undefined
  const { clientIp, country, id } = playbackSessions
  const rows = await db.select({ clientIp, country }).from(playbackSessions).where(eq(id, sessionId))
  const [session] = rows
  if (!session) return undefined
  const told = countryHeader !== undefined && session.country !== null
  return { clientIp: session.clientIp, headers: told ? { [countryHeader]: session.country ?? '' } : {} }
}

function asked({ sessionId, videoId, keyIds, security, persist }: Question): Omit<Ask, 'request'> {
  return {
    door: 'callback',
    asker: { by: 'session', sessionId },
    ...(videoId !== undefined && { videoId }),
    ...(keyIds !== undefined && { keyIds }),
    ...(security !== undefined && { security }),
    ...(persist !== undefined && { persist }),
  }
}
