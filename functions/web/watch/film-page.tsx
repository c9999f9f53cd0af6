import { useEffect, useState } from 'preact/hooks'
import type { Playback, Video } from '../../../core/video/wire.ts'
import { videos } from '../kit/api.ts'
import { day, percent } from '../kit/format.ts'
import { withBack } from '../kit/own-path.ts'
import { hasCode, hasStatus, words } from '../kit/problem.ts'
import { followProgress } from '../kit/progress.ts'
import { user } from '../kit/session.ts'
import { Locked } from './locked.tsx'
import { Message } from './message.tsx'
import { Theatre } from './theatre.tsx'

/** One film: its player, or why there is none yet. */
export function FilmPage({ id }: { id: string }) {
  const { video, playback, locked, error, load, refresh } = useFilm(id)
  useEffect(() => {
    document.title = video ? `${video.title} · Skyreel` : 'Skyreel'
  }, [video?.title])

  if (error) return <Refused error={error} again={load} />
  if (!video) return null
  return (
    <article class="film-page">
      {playback ? (
        <Theatre video={video} playback={playback} onExpired={refresh}>
          <About video={video} />
        </Theatre>
      ) : (
        <>
          {locked ? <Locked video={video} /> : <Standing video={video} />}
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

function Refused({ error, again }: { error: unknown; again: () => void }) {
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
  const [playback, setPlayback] = useState<Playback>()
  const [locked, setLocked] = useState(false)
  const [error, setError] = useState<unknown>()
  const load = () => {
    setError(undefined)
    read(id).then((film) => {
      setVideo(film.video)
      setPlayback(film.playback)
      setLocked(film.locked)
    }, setError)
  }
  // A plan may have ended while the film was playing: then it is locked from here on.
  const refresh = () => {
    playbackOf(id).then((now) => {
      setPlayback(now.playback)
      setLocked(now.locked)
    }, setError)
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
  return { video, playback, locked, error, load, refresh }
}

interface Playable {
  readonly playback: Playback | undefined
  /** It is for subscribers, and whoever asks is none. */
  readonly locked: boolean
}

async function read(id: string): Promise<Playable & { video: Video }> {
  const video = await videos.get(id)
  const canPlay = video.status === 'playable' || video.status === 'ready'
  return { video, ...(canPlay ? await playbackOf(id) : { playback: undefined, locked: false }) }
}

async function playbackOf(id: string): Promise<Playable> {
  try {
    return { playback: await videos.playback(id), locked: false }
  } catch (error) {
    if (!hasCode(error, 'subscription-required')) throw error
    return { playback: undefined, locked: true }
  }
}
