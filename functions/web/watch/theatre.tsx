import type { ComponentChildren } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Playback, Video } from '../../../core/video/wire.ts'
import { clock, percent } from '../kit/format.ts'
import { loadElement, type MediaTag, mediaTagOf } from './media-tag.ts'
import { openPass, stayAlive } from './pass.ts'
import type { PlayerProps } from './player.tsx'
import { shapeOf } from './shape.ts'
import { useStream } from './stream.ts'

type PlayerComponent = typeof import('./player.tsx').Player

interface TheatreProps {
  video: Video
  playback: Playback
  /** Where to begin. */
  startSeconds: number
  /** The stream broke off: a fresh `playback` is wanted. */
  onExpired: () => void
  /** Playing is over: refused, or out of reach for too long. */
  onOver: (why: unknown) => void
  onLeft: (seconds: number) => void
  children: ComponentChildren
}

/** The player, what is to say of the film, and its chapters. The player's code is loaded here and not before. */
export function Theatre({
  video,
  playback,
  startSeconds,
  onExpired,
  onOver,
  onLeft,
  children,
}: TheatreProps) {
  const stream = useStream(playback, onExpired)
  const [Player, load] = usePlayer(stream.shown)
  const [seek, setSeek] = useState<PlayerProps['seek']>()
  const token = useToken(playback, { onExpired, onOver })
  const isLow = stream.shown.status === 'playable' && !stream.better
  return (
    <div class="theatre">
      <div class="screen" style={{ '--shape': shapeOf(video) }}>
        {Player === 'failed' && <Stuck again={load} />}
        {typeof Player === 'function' && (
          <Player
            key={mediaTagOf(stream.shown)}
            playback={stream.shown}
            startSeconds={startSeconds}
            token={token}
            seek={seek}
            onStopped={(refusal) => (refusal === undefined ? stream.onStopped() : onOver(refusal))}
            onLeft={onLeft}
          />
        )}
      </div>
      {stream.stuck && <Stuck again={stream.tryAgain} />}
      {stream.better && (
        <p class="note better" role="status">
          Better qualities are ready.
          <button type="button" class="button small" onClick={stream.takeNewest}>
            Use them
          </button>
        </p>
      )}
      {isLow && (
        <p class="note">Playing in low quality while better ones are made: {percent(video.progress)}</p>
      )}
      {children}
      <Chapters items={playback.chapters} onSeek={(seconds) => setSeek({ seconds })} />
    </div>
  )
}

/** Keeps the session of a playback alive; the answer is its token as it is now. */
function useToken(
  { session }: Playback,
  { onExpired, onOver }: Pick<TheatreProps, 'onExpired' | 'onOver'>,
): () => string {
  const pass = useMemo(() => openPass(session), [])
  useEffect(() => pass.adopt(session), [session])
  useEffect(() => stayAlive(pass, { over: onOver, cameBack: onExpired }), [])
  return pass.token
}

function Stuck({ again }: { again: () => void }) {
  return (
    <p class="note bad better" role="alert">
      The film cannot be played at the moment.
      <button type="button" class="button small" onClick={again}>
        Try again
      </button>
    </p>
  )
}

/** The player with the element of this playback; another one's would not know what to do with it. */
function usePlayer(playback: Playback): [PlayerComponent | 'failed' | undefined, () => void] {
  const [loaded, setLoaded] = useState<{ tag: MediaTag; Player: PlayerComponent | 'failed' }>()
  const tag = mediaTagOf(playback)
  const load = () => {
    Promise.all([import('./player.tsx'), loadElement(tag)]).then(
      ([{ Player }]) => setLoaded({ tag, Player }),
      () => setLoaded({ tag, Player: 'failed' }),
    )
  }
  useEffect(load, [tag])
  return [loaded?.tag === tag ? loaded.Player : undefined, load]
}

function Chapters({ items, onSeek }: { items: Playback['chapters']; onSeek: (seconds: number) => void }) {
  if (items.length === 0) return null
  return (
    <nav class="chapters" aria-label="Chapters">
      <h2>Chapters</h2>
      <ol>
        {items.map(({ startSeconds, title }) => (
          <li key={startSeconds}>
            <button type="button" onClick={() => onSeek(startSeconds)}>
              <span class="time">{clock(startSeconds)}</span> {title}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  )
}
