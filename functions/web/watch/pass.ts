import type { PlaybackSession } from '../../../core/video/wire.ts'
import { ask } from '../kit/http.ts'
import { hasStatus, Unreachable, wasAborted } from '../kit/problem.ts'
import { openBeatClock } from './beat-clock.ts'

/** The right to play, as long as it is renewed: what licences, keys and beacons are asked for with. */
export interface Pass {
  session(): PlaybackSession
  token(): string
  adopt(session: PlaybackSession): void
}

export function openPass(first: PlaybackSession): Pass {
  let session = first
  return {
    session: () => session,
    token: () => session.token,
    adopt: (next) => {
      session = next
    },
  }
}

/** A beat without an answer by then is lost. */
const BEAT_MS = 15_000
/** After so many lost beats the platform has given the place away. */
const BORNE = 3

interface Beating {
  readonly beat: (session: PlaybackSession) => Promise<PlaybackSession>
  readonly wait: (milliseconds: number) => Promise<void>
  readonly signal: AbortSignal
}

/**
 * Tells that the player is there until the signal aborts; each answer's token takes the place of the one before. Resolves with why
 * it is over: a refusal at once, lost beats when there are more than three in a row; `undefined` where the signal ended it.
 */
export async function keepBeating(pass: Pass, { beat, wait, signal }: Beating): Promise<unknown> {
  for (let lost = 0; !signal.aborted; ) {
    try {
      await wait(pass.session().heartbeatSeconds * 1000)
      const asked = pass.session()
      const next = await beat(asked)
      // A playback that was asked for meanwhile may have brought another session.
      if (pass.session().id === asked.id) pass.adopt(next)
      lost = 0
    } catch (error) {
      if (signal.aborted || wasAborted(error)) return undefined
      if (!mayPass(error) || ++lost > BORNE) return error
    }
  }
  return undefined
}

const mayPass = (error: unknown) =>
  error instanceof Unreachable || [429, 500, 502, 503, 504].some((status) => hasStatus(error, status))

const sessionPath = (id: string) => `/v1/playback/sessions/${encodeURIComponent(id)}`

/** Keeps a session alive while the page is open, seen or not. The answer ends it: its place is free at once. */
export function stayAlive(
  pass: Pass,
  on: { readonly over: (why: unknown) => void; readonly cameBack: () => void },
): () => void {
  let run: AbortController | undefined
  const start = () => {
    const here = new AbortController()
    const clock = openBeatClock()
    here.signal.addEventListener('abort', clock.stop)
    run = here
    void keepBeating(pass, { beat, wait: clock.wait, signal: here.signal }).then((why) => {
      clock.stop()
      if (why === undefined || run !== here) return
      run = undefined
      on.over(why)
    })
  }
  const end = () => {
    if (!run) return
    run.abort()
    run = undefined
    void close(pass)
  }
  const listening = new AbortController()
  addEventListener('pagehide', end, { signal: listening.signal })
  // The browser may bring a page back as it was left.
  const back = ({ persisted }: PageTransitionEvent) => {
    if (!persisted) return
    on.cameBack()
    start()
  }
  addEventListener('pageshow', back, { signal: listening.signal })
  start()
  return () => {
    listening.abort()
    end()
  }
}

async function beat({ id, token }: PlaybackSession): Promise<PlaybackSession> {
  const path = `${sessionPath(id)}/heartbeat`
  const signal = AbortSignal.timeout(BEAT_MS)
  const answer = await ask({ method: 'POST', path, playbackToken: token, signal })
  return (await answer.json()) as PlaybackSession
}

/** Where this is lost, the session is over by itself when its beats stay away. */
async function close(pass: Pass): Promise<void> {
  const { id, token } = pass.session()
  const path = sessionPath(id)
  await ask({ method: 'DELETE', path, playbackToken: token, keepalive: true }).catch(() => undefined)
}
