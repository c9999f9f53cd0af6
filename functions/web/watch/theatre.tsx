import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Playback, Video } from '../../../core/video/wire.ts'
import { clock, percent } from '../kit/format.ts'
import type { PlayerProps } from './player.tsx'
import { useStream } from './stream.ts'

type PlayerComponent = typeof import('./player.tsx').Player

interface TheatreProps {
  video: Video
  playback: Playback
  /** The stream broke off: a fresh `playback` is wanted. */
  onExpired: () => void
  children: ComponentChildren
}

/** The player, what is to say of the film, and its chapters. The player's code is loaded here and not before. */
export function Theatre({ video, playback, onExpired, children }: TheatreProps) {
  const [Player, load] = usePlayer()
  const [seek, setSeek] = useState<PlayerProps['seek']>()
  const stream = useStream(playback, onExpired)
  const isLow = stream.shown.status === 'playable' && !stream.better
  return (
    <div class="theatre">
      <div class="screen" style={{ '--shape': shapeOf(video) }}>
        {Player === 'failed' && <Stuck again={load} />}
        {typeof Player === 'function' && (
          <Player playback={stream.shown} seek={seek} onStopped={stream.onStopped} />
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

function usePlayer(): [PlayerComponent | 'failed' | undefined, () => void] {
  const [Player, setPlayer] = useState<PlayerComponent | 'failed'>()
  const load = () => {
    const loaded = (module: typeof import('./player.tsx')) => setPlayer(() => module.Player)
    import('./player.tsx').then(loaded, () => setPlayer('failed'))
  }
  useEffect(load, [])
  return [Player, load]
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

const shapeOf = ({ width, height }: Video): string => (width && height ? `${width} / ${height}` : '16 / 9')
