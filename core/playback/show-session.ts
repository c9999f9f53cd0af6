import type { Uses } from '../ports/ports.ts'
import type { PlaybackSession } from '../video/wire.ts'
import type { Permit } from './ask.ts'

/** The session as its player needs it. */
export const showSession = ({ config }: Uses<'config'>, session: Permit['session']): PlaybackSession => ({
  id: session.id,
  token: session.token,
  tokenExpiresAt: session.tokenExpiresAt.toISOString(),
  heartbeatSeconds: config.playbackHeartbeatSeconds,
})
