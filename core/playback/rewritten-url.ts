import type { Uses } from '../ports/ports.ts'
import type { Permit } from './ask.ts'
import { rewrittenPlaylistUrl } from './stream-urls.ts'
import { signUrlToken } from './token.ts'

/** URL of the film's rewritten playlist, with a token of its own that outlives the session's: players keep the URL. */
export async function rewrittenUrl(
  uses: Uses<'secrets' | 'clock' | 'config'>,
  { video, session }: Permit,
  clientIp: string,
): Promise<string> {
  const bound = uses.config.playbackBindsAddress ? { clientIp } : {}
  const token = await signUrlToken(uses, { sessionId: session.id, videoId: video.id, ...bound })
  return rewrittenPlaylistUrl(uses.config.publicOrigin, video.id, token)
}
