import type { TargetedEvent } from 'preact'
import { useState } from 'preact/hooks'
import type { Video } from '../../../core/video/wire.ts'
import { videos } from '../kit/api.ts'
import { ofFilm } from '../kit/playback-api.ts'
import { attempt, say } from '../kit/say.tsx'
import { isBeingProtected } from './being-protected.ts'
import { replaceVideo } from './library.ts'
import { ProtectionChoice } from './protection-choice.tsx'
import { PROTECTION_WORDS } from './protection-words.ts'

/** Changes how a film is encrypted, without encoding it anew; until that is done the film plays as it is. */
export function ProtectionForm({ video }: { video: Video }) {
  const [chosen, setChosen] = useState(video.protection)
  const [busy, setBusy] = useState(false)
  if (isBeingProtected(video))
    return (
      <p role="status">
        It is being changed to “{PROTECTION_WORDS[video.nextProtection ?? 'clear'].name}”. Until then it plays
        as before.
      </p>
    )
  if (video.status !== 'ready') return <p class="soft">It can be changed as soon as the film is ready.</p>
  const isSame = chosen === video.protection
  const protect = async (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault()
    setBusy(true)
    await attempt(async () => {
      await ofFilm.protect(video.id, { protection: chosen, ...(isSame && { newKeys: true }) })
      replaceVideo(await videos.get(video.id))
      say('It is being protected.')
    })
    setBusy(false)
  }
  return (
    <form class="stack" onSubmit={protect}>
      <ProtectionChoice label="How its files are encrypted" value={chosen} onChange={setChosen} />
      {video.protectionFailure && <p class="note bad">{video.protectionFailure}</p>}
      <div class="buttons">
        <button type="submit" class="button" disabled={busy || (isSame && chosen === 'clear')}>
          {isSame && chosen !== 'clear' ? 'Make new keys' : 'Change protection'}
        </button>
      </div>
    </form>
  )
}
