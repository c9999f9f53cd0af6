import { useState } from 'preact/hooks'
import type { WatchingSession } from '../../../core/playback/wire.ts'
import { useAsked } from '../kit/asked.ts'
import { thisDevice } from '../kit/device.ts'
import { moment } from '../kit/format.ts'
import { useLookAgain } from '../kit/look-again.ts'
import { playbackSessions } from '../kit/playback-api.ts'
import { attempt, say } from '../kit/say.tsx'
import { Trouble, Waiting } from '../kit/trouble.tsx'

interface ListProps {
  changes: number
  onChange: () => void
}

/** Every player that plays in one's name at the moment. Ending one stops it within a heartbeat. */
export function SessionList({ changes, onChange }: ListProps) {
  const { value: sessions, trouble, again } = useAsked(playbackSessions.list, [changes])
  useLookAgain(again)
  const [busy, setBusy] = useState(false)
  const end = async (these: readonly WatchingSession[], done: string) => {
    setBusy(true)
    if (await attempt(() => Promise.all(these.map(({ id }) => playbackSessions.end(id))))) say(done)
    setBusy(false)
    onChange()
  }
  if (trouble) return <Trouble words={trouble} again={again} />
  if (!sessions) return <Waiting rows={1} />
  if (sessions.length === 0) return <p class="soft">Nothing is playing at the moment.</p>
  const others = sessions.filter(({ deviceId }) => deviceId !== thisDevice().device)
  return (
    <>
      <ul class="rows card">
        {sessions.map((session) => (
          <li key={session.id} class="line" aria-label={nameOf(session)}>
            <span class="line-main">
              <b>{nameOf(session)}</b>{' '}
              <span class="soft">
                {session.title} · since {moment(session.startedAt)}
              </span>
            </span>
            {!others.includes(session) && <span class="tag good">This browser</span>}
            <button
              type="button"
              class="button small danger"
              disabled={busy}
              onClick={() => end([session], `${nameOf(session)} was stopped.`)}
            >
              Stop<span class="unseen"> {nameOf(session)}</span>
            </button>
          </li>
        ))}
      </ul>
      {others.length > 1 && (
        <p class="buttons">
          <button
            type="button"
            class="button"
            disabled={busy}
            onClick={() => end(others, 'All other devices were stopped.')}
          >
            Stop all others
          </button>
        </p>
      )}
    </>
  )
}

const nameOf = ({ deviceName }: WatchingSession): string => deviceName ?? 'A device without a name'
