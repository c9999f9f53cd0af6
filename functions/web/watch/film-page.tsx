import { useEffect, useState } from 'preact/hooks'
import type { Playback, Video } from '../../../core/video/wire.ts'
import { videos } from '../kit/api.ts'
import { day, percent } from '../kit/format.ts'
import { hasStatus, words } from '../kit/problem.ts'
import { followProgress } from '../kit/progress.ts'
import { user } from '../kit/session.ts'
import { Message } from './message.tsx'
import { Theatre } from './theatre.tsx'

/** One film: its player, or why there is none yet. */
export function FilmPage({ id }: { id: string }) {
  const { video, playback, error, load, refresh } = useFilm(id)
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
          <Standing video={video} />
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
        <a class="button" href="/studio/">
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
  const [error, setError] = useState<unknown>()
  const load = () => {
    setError(undefined)
    read(id).then((film) => {
      setVideo(film.video)
      setPlayback(film.playback)
    }, setError)
  }
  const refresh = () => {
    videos.playback(id).then(setPlayback, setError)
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
  return { video, playback, error, load, refresh }
}

async function read(id: string): Promise<{ video: Video; playback: Playback | undefined }> {
  const video = await videos.get(id)
  const canPlay = video.status === 'playable' || video.status === 'ready'
  return { video, playback: canPlay ? await videos.playback(id) : undefined }
}
