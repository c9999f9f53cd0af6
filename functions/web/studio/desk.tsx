import { useEffect, useMemo, useState } from 'preact/hooks'
import { words } from '../kit/problem.ts'
import { attempt } from '../kit/say.tsx'
import { DropZone } from './drop-zone.tsx'
import { FilmCard } from './film-card.tsx'
import { addFilm, chosenProtection, films } from './films.ts'
import { library, moreOfLibrary, nextCursor, reloadLibrary, unfinished } from './library.ts'
import { keepLive } from './live.ts'
import { ProtectionChoice } from './protection-choice.tsx'
import { UnfinishedCard } from './unfinished-card.tsx'
import { openMemory } from './upload/remember.ts'
import { VideoCard } from './video-card.tsx'

/** What a signed-in person works at: the drop zone, what is on its way, and the films. */
export function Desk({ owner }: { owner: string }) {
  const memory = useMemo(() => openMemory(localStorage, owner), [owner])
  const [trouble, setTrouble] = useState<string>()
  const load = () => {
    setTrouble(undefined)
    reloadLibrary().catch((error: unknown) => setTrouble(words(error)))
  }
  useEffect(() => {
    load()
    return keepLive()
  }, [])
  useEffect(warnBeforeLeaving, [])

  const here = new Set(films.value.map((film) => film.state.value.upload?.id))
  const waiting = unfinished.value.filter((upload) => !here.has(upload.id))
  return (
    <>
      <DropZone onFiles={(files) => void Promise.all(files.map((file) => addFilm(file, memory)))} />
      <ProtectionChoice
        label="Protection of films that you add"
        value={chosenProtection.value}
        onChange={(protection) => {
          chosenProtection.value = protection
        }}
      />
      {films.value.length > 0 && (
        <section class="stack" aria-label="On their way">
          <h2>On their way</h2>
          {films.value.map((film) => (
            <FilmCard key={film} film={film} memory={memory} />
          ))}
        </section>
      )}
      {waiting.length > 0 && (
        <section class="stack" aria-label="Unfinished uploads">
          <h2>Unfinished uploads</h2>
          <p class="soft">
            These were interrupted. Choose the same file again and only what is missing is sent.
          </p>
          {waiting.map((upload) => (
            <UnfinishedCard key={upload.id} upload={upload} memory={memory} />
          ))}
        </section>
      )}
      <section class="stack" aria-label="Your films">
        <h2>Your films</h2>
        {trouble && <ListTrouble words={trouble} again={load} />}
        <Videos />
      </section>
    </>
  )
}

function Videos() {
  // A film whose bytes are still on their way has its card above.
  const above = new Set([
    ...unfinished.value.map((upload) => upload.videoId),
    ...films.value.map((film) => film.state.value.upload?.videoId),
  ])
  const shown = library.value?.filter((video) => !(video.status === 'uploading' && above.has(video.id)))
  if (!shown) return null
  if (shown.length === 0) return <p class="empty card">Nothing here yet. Drop a film above to begin.</p>
  return (
    <>
      {shown.map((video) => (
        <VideoCard key={video.id} video={video} />
      ))}
      {nextCursor.value && (
        <button type="button" class="button" onClick={() => attempt(moreOfLibrary)}>
          Show more
        </button>
      )}
    </>
  )
}

function ListTrouble({ words, again }: { words: string; again: () => void }) {
  return (
    <div class="note bad" role="alert">
      <p>{words}</p>
      <button type="button" class="button small" onClick={again}>
        Try again
      </button>
    </div>
  )
}

/** Leaving stops uploads; they can be gone on with, but not without the person. */
function warnBeforeLeaving(): () => void {
  const ask = (event: BeforeUnloadEvent) => {
    if (films.peek().some((film) => film.state.peek().phase === 'sending')) event.preventDefault()
  }
  addEventListener('beforeunload', ask)
  return () => removeEventListener('beforeunload', ask)
}
