import { useState } from 'preact/hooks'
import type { Video } from '../../../core/video/wire.ts'
import { useAsked } from '../kit/asked.ts'
import { moment } from '../kit/format.ts'
import { useLookAgain } from '../kit/look-again.ts'
import { ofFilm } from '../kit/playback-api.ts'
import { attempt, say } from '../kit/say.tsx'
import { Trouble, Waiting } from '../kit/trouble.tsx'

/** Players that a film runs in at the moment, for its owner; who watches is not told. */
export function Watchers({ video }: { video: Video }) {
  const { value, trouble, again } = useAsked(() => ofFilm.watching(video.id))
  useLookAgain(again)
  const [busy, setBusy] = useState(false)
  const endAll = async () => {
    setBusy(true)
    if (await attempt(() => ofFilm.endAll(video.id))) say('All players were stopped.')
    setBusy(false)
    again()
  }
  if (trouble) return <Trouble words={trouble} again={again} />
  if (!value) return <Waiting rows={1} />
  if (value.length === 0) return <p class="soft">Nobody, at the moment.</p>
  return (
    <>
      <ul class="watchers">
        {value.map((session) => (
          <li key={session.id}>
            {session.deviceName ?? 'A device without a name'}{' '}
            <span class="soft">
              {session.country && `${session.country} · `}since {moment(session.startedAt)}
            </span>
          </li>
        ))}
      </ul>
      <div class="buttons">
        <button type="button" class="button danger" disabled={busy} onClick={endAll}>
          Stop all players
        </button>
      </div>
    </>
  )
}
