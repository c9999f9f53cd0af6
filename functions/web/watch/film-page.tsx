import { useEffect, useRef, useState } from 'preact/hooks'
import type { RefusalReason } from '../../../core/playback/model.ts'
import type { Playback, Video } from '../../../core/video/wire.ts'
import { videos } from '../kit/api.ts'
import { day, percent } from '../kit/format.ts'
import { withBack } from '../kit/own-path.ts'
import { hasStatus, words } from '../kit/problem.ts'
import { followProgress } from '../kit/progress.ts'
import { user } from '../kit/session.ts'
import { pause } from '../kit/wait.ts'
import { Message } from './message.tsx'
import { refusalIn } from './refusal-words.ts'
import { Refused } from './refused.tsx'
import { Theatre } from './theatre.tsx'

/** One film: its player, or why there is none yet. */
export function FilmPage({ id }: { id: string }) {
  const { video, playback, refusal, refusedAt, error, load, refresh, stop } = useFilm(id)
  // Who may go on after a refusal goes on where it was.
  const left = useRef(0)
  const onLeft = (seconds: number) => {
    left.current = seconds
  }
  useEffect(() => {
    document.title = video ? `${video.title} · Skyreel` : 'Skyreel'
  }, [video?.title])

  if (error) return <NotThere error={error} again={load} />
  if (!video) return null
  return (
    <article class="film-page">
      {playback ? (
        <Theatre
          video={video}
          playback={playback}
          startSeconds={left.current < playback.durationSeconds - 0.5 ? left.current : 0}
          onExpired={refresh}
          onOver={stop}
          onLeft={onLeft}
        >
          <About video={video} />
        </Theatre>
      ) : (
        <>
          {refusal ? (
            <Refused key={refusedAt} video={video} reason={refusal} again={refresh} />
          ) : (
            <Standing video={video} />
          )}
          <About video={video} />
        </>
      )}
    </article>
  )
}

function About({ video }: { video: Video }) {
  // They are about the file that was uploaded: nothing a viewer could mend.
  const warnings = video.mine ? video.warnings : []
  return (
    <div class="about">
      <h1>{video.title}</h1>
      <p class="soft">
        {day(video.createdAt)}
        {video.visibility === 'private' && ' · Only you can watch this'}
        {video.visibility === 'subscribers' && ' · For subscribers'}
      </p>
      {video.description && <p class="description">{video.description}</p>}
      {warnings.map((warning) => (
        <p key={warning.code} class="note warn">
          {warning.message}
        </p>
      ))}
    </div>
  )
}

function Standing({ video }: { video: Video }) {
  if (video.status === 'failed')
    return (
      <Message title="This film could not be made watchable">
        <p>{video.failure?.message}</p>
        {video.failure?.detail && <p>{video.failure.detail}</p>}
      </Message>
    )
  if (video.status === 'uploading') return <Message title="This film has not arrived yet" />
  return (
    <Message title="Being made ready">
      <progress class="bar" value={video.progress} max={1} aria-label="Transcoding" />
      <p>{percent(video.progress)} done. It begins here as soon as it can be watched.</p>
    </Message>
  )
}

function NotThere({ error, again }: { error: unknown; again: () => void }) {
  const nobody = user.value === null
  if (hasStatus(error, 404) || hasStatus(error, 400) || hasStatus(error, 422))
    return (
      <Message title="There is no such film">
        <p>It was deleted, or it is private{nobody ? ' and you are not signed in.' : '.'}</p>
        <Ways nobody={nobody} />
      </Message>
    )
  if (hasStatus(error, 401) || hasStatus(error, 403))
    return (
      <Message title="You may not watch this film">
        <p>Its owner has kept it private.</p>
        <Ways nobody={nobody} />
      </Message>
    )
  return <Message title={words(error)} again={again} />
}

function Ways({ nobody }: { nobody: boolean }) {
  return (
    <p class="buttons">
      <a class="button" href="/">
        All films
      </a>
      {nobody && (
        <a class="button" href={withBack('/account/', location.pathname + location.search)}>
          Sign in
        </a>
      )}
    </p>
  )
}

/** The film and what plays it, kept up to date while it is worked on. */
function useFilm(id: string) {
  const [video, setVideo] = useState<Video>()
  const [{ playback, refusal, refusedAt }, setPlayable] = useState<Playable>({})
  const [error, setError] = useState<unknown>()
  const load = () => {
    setError(undefined)
    read(id).then((film) => {
      setVideo(film.video)
      setPlayable(film.playable)
    }, setError)
  }
  // A plan may have ended while the film was playing: then it is refused from here on.
  const refresh = () => {
    setError(undefined)
    playableOf(id).then(setPlayable, setError)
  }
  const stop = (why: unknown) => {
    const reason = refusalIn(why)
    setPlayable({ refusal: reason, refusedAt: performance.now() })
    if (!reason) setError(why)
  }
  useEffect(load, [id])

  const busy = video !== undefined && video.status !== 'ready' && video.status !== 'failed'
  useEffect(() => {
    if (!busy) return
    const run = new AbortController()
    let status = video.status
    followProgress(
      id,
      (step) => {
        setVideo((before) => before && { ...before, progress: Math.max(before.progress, step.progress) })
        if (step.status !== status) load()
        status = step.status
      },
      run.signal,
    ).catch(setError)
    return () => run.abort()
  }, [id, busy])
  return { video, playback, refusal, refusedAt, error, load, refresh, stop }
}

interface Playable {
  readonly playback?: Playback
  /** Why whoever asks may not play it. */
  readonly refusal?: RefusalReason | undefined
  /** Refused once more it is said once more, and what it says is read anew. */
  readonly refusedAt?: number
}

async function read(id: string): Promise<{ video: Video; playable: Playable }> {
  const video = await videos.get(id)
  const canPlay = video.status === 'playable' || video.status === 'ready'
  return { video, playable: canPlay ? await playableOf(id) : {} }
}

/** Where nobody can tell for a moment whether one may watch, that is asked again some times before it is said. */
const ASK_AGAIN_MS = [500, 1_500, 3_000]

async function playableOf(id: string, waits: readonly number[] = ASK_AGAIN_MS): Promise<Playable> {
  try {
    return { playback: await videos.playback(id) }
  } catch (error) {
    const refusal = refusalIn(error)
    if (!refusal) throw error
    const [wait, ...later] = waits
    if (refusal !== 'decision-unavailable' || wait === undefined)
      return { refusal, refusedAt: performance.now() }
    await pause(wait)
    return playableOf(id, later)
  }
}
