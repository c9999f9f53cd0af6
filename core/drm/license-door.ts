import { Problem, problemResponse } from '../http/problem.ts'
import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import type { Ask, Permit } from '../playback/ask.ts'
import { type DecideNeeds, decide } from '../playback/decide.ts'
import { PlaybackRefused } from '../playback/refusals.ts'
import { playbackTokenOf } from '../playback/token.ts'
import type { Uses } from '../ports/ports.ts'
import { isScheme, type Protection } from '../protection/model.ts'
import type { Context } from '../run/context.ts'
import { type ContentKey, contentKeysById, contentKeysOf } from './content-keys.ts'

export type LicenseNeeds = DecideNeeds & Uses<'keyVault' | 'licenseServers'>

/** What a device asks, beyond who it is. */
type Wanted = Pick<Ask, 'door'> & Partial<Pick<Ask, 'keyIds' | 'security' | 'persist'>>

/** The decision for whoever holds the request's playback token; throws `PlaybackRefused`. Renewals ask it like the first time. */
export function permitFor(
  uses: DecideNeeds,
  ctx: Context,
  request: HttpRequest,
  wanted: Wanted,
): Promise<Permit> {
  const asker = { by: 'token', token: playbackTokenOf(request) } as const
  return decide(uses, ctx, { ...wanted, asker, request })
}

/**
 * Those of the keys that were asked for which may go out. One that is not of the film, or not of such a protection, refuses
 * all: no player asks for it. One of a better quality is left out, since players ask for all keys of a film at once.
 */
export async function allowedKeys(
  uses: LicenseNeeds,
  permit: Permit,
  wanted: { readonly keyIds: readonly string[]; readonly of: (protection: Protection) => boolean },
): Promise<readonly ContentKey[]> {
  const found = await contentKeysById(uses, permit.video.id, wanted.keyIds)
  const known = new Set(found.filter(({ protection }) => wanted.of(protection)).map(({ keyId }) => keyId))
  if (!wanted.keyIds.every((id) => known.has(id))) throw new PlaybackRefused('foreign-key')
  return ofLabels(found, permit)
}

/** Keys of the film as it plays now that may go out to a DRM system; one that has none for such is refused. */
export async function keysToPlay(uses: LicenseNeeds, permit: Permit): Promise<readonly ContentKey[]> {
  const { id: videoId, generation, edition } = permit.video
  const keys = await contentKeysOf(uses, { videoId, generation, edition })
  const ofSystems = [...keys.values()].filter(({ protection }) => isScheme(protection))
  if (ofSystems.length === 0) throw new PlaybackRefused('foreign-key')
  return ofLabels(ofSystems, permit)
}

function ofLabels(keys: readonly ContentKey[], { labels }: Permit): readonly ContentKey[] {
  const allowed = keys.filter(({ label }) => labels.includes(label))
  if (allowed.length === 0) throw new PlaybackRefused('quality-not-allowed')
  return allowed
}

/** Players on other sites read it: the token is in the request, and no cookie counts. */
const OPEN = { 'access-control-allow-origin': '*' }

/** Lets pages of other sites read the answer, refusals too: what they say is for the viewer. */
export async function forPlayers(answer: () => Promise<HttpResponse>, ctx: Context): Promise<HttpResponse> {
  const { headers, ...rest } = await answer().catch((error: unknown) => {
    if (error instanceof Problem) return problemResponse(error.facts, ctx.requestId)
    throw error
  })
  return { ...rest, headers: { 'cache-control': 'no-store', ...headers, ...OPEN } }
}

/** 200 with bytes. */
export const bytes = (body: Uint8Array, contentType = 'application/octet-stream'): HttpResponse => ({
  status: 200,
  headers: { 'content-type': contentType },
  body,
})
