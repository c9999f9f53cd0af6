import { useState } from 'preact/hooks'
import type { WatchingSession } from '../../../core/playback/wire.ts'
import { useAsked } from '../kit/asked.ts'
import { playbackSessions } from '../kit/playback-api.ts'
import { attempt } from '../kit/say.tsx'

/** The screens that a viewer's places are taken by; ending one makes room. */
export function PlayingNow({ onFree }: { onFree: () => void }) {
  const { value, trouble } = useAsked(playbackSessions.list)
  const [busy, setBusy] = useState(false)
  const end = async (session: WatchingSession) => {
    setBusy(true)
    if (await attempt(() => playbackSessions.end(session.id))) onFree()
    setBusy(false)
  }
  const taking = value?.filter(({ counts }) => counts) ?? []
  if (trouble || taking.length === 0) return null
  return (
    <ul class="playing-now" aria-label="Playing now">
      {taking.map((session) => (
        <li key={session.id}>
          <span class="what">
            {session.deviceName ?? 'A device without a name'}
            <small>{session.title}</small>
          </span>
          <button type="button" class="button small" disabled={busy} onClick={() => end(session)}>
            Stop<span class="unseen"> {session.deviceName}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}
