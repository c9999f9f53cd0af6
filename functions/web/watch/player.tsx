import './player-elements.ts'
import type { MediaController } from 'media-chrome/media-controller'
import { useEffect, useRef } from 'preact/hooks'
import type { Playback } from '../../../core/video/wire.ts'
import { tellPlayTime } from './beacon.ts'
import { empty, type MediaElement, play, setChapters } from './media.ts'
import { mediaTagOf } from './media-tag.ts'
import type {} from './player-tags.ts'

export interface PlayerProps {
  readonly playback: Playback
  /** Where it begins. */
  readonly startSeconds: number
  /** The playback's token as it is now. */
  readonly token: () => string
  /** Where to jump; a new object jumps again. */
  readonly seek: { readonly seconds: number } | undefined
  /** The stream broke off for good: its URLs may have expired, or a licence was refused. */
  readonly onStopped: (refusal?: unknown) => void
  /** Where it was when the player went. */
  readonly onLeft: (seconds: number) => void
}

/** The player: plays `playback`, and a newer one from the same place. */
export function Player({ playback, startSeconds, token, seek, onStopped, onLeft }: PlayerProps) {
  const controller = useRef<MediaController>(null)
  const media = useRef<MediaElement>(null)

  useEffect(() => {
    if (!media.current) return
    setChapters(media.current, playback)
    return play(media.current, { playback, startSeconds, token, onStopped })
  }, [playback])
  useEffect(() => {
    if (!seek || !media.current) return
    media.current.currentTime = seek.seconds
    controller.current?.focus()
  }, [seek])
  useEffect(() => {
    const element = media.current
    return () => {
      if (!element) return
      onLeft(element.currentTime)
      empty(element)
    }
  }, [])
  useEffect(() => listenForKeys(controller.current), [])
  useEffect(() => {
    if (media.current) return tellPlayTime(media.current, playback.videoId, token)
  }, [playback.videoId])

  const Media = mediaTagOf(playback)
  return (
    <media-controller
      ref={controller}
      class="player"
      keyboardforwardseekoffset="5"
      keyboardbackwardseekoffset="5"
    >
      <Media ref={media} slot="media" playsinline crossorigin="anonymous" aria-label={playback.title}>
        {playback.storyboardUrl && (
          <track kind="metadata" label="thumbnails" default src={playback.storyboardUrl} />
        )}
        {playback.captions.map(({ language, label, url }) => (
          <track key={language} kind="subtitles" srclang={language} label={label} src={url} />
        ))}
      </Media>
      {playback.posterUrl && <media-poster-image slot="poster" src={playback.posterUrl} />}
      <media-loading-indicator slot="centered-chrome" noautohide />
      <Settings />
      <media-time-range class="seek" />
      <media-control-bar>
        <media-play-button />
        <media-mute-button />
        <media-volume-range class="roomy" />
        <media-time-display showduration />
        <span class="stretch" />
        <media-captions-button />
        <media-settings-menu-button />
        <media-pip-button class="roomy" />
        <media-fullscreen-button />
      </media-control-bar>
    </media-controller>
  )
}

function Settings() {
  return (
    <media-settings-menu hidden anchor="auto">
      <media-settings-menu-item>
        Quality
        <media-rendition-menu slot="submenu" hidden>
          <div slot="title">Quality</div>
        </media-rendition-menu>
      </media-settings-menu-item>
      <media-settings-menu-item>
        Speed
        <media-playback-rate-menu slot="submenu" hidden rates="0.5 0.75 1 1.25 1.5 2">
          <div slot="title">Speed</div>
        </media-playback-rate-menu>
      </media-settings-menu-item>
      <media-settings-menu-item>
        Captions
        <media-captions-menu slot="submenu" hidden>
          <div slot="title">Captions</div>
        </media-captions-menu>
      </media-settings-menu-item>
      <media-settings-menu-item>
        Sound track
        <media-audio-track-menu slot="submenu" hidden>
          <div slot="title">Sound track</div>
        </media-audio-track-menu>
      </media-settings-menu-item>
    </media-settings-menu>
  )
}

const KEYS = new Set([' ', 'k', 'm', 'f', 'c', 'j', 'l', 'p', '<', '>', 'ArrowLeft', 'ArrowRight'])

/** The player's keys work wherever nothing else has the focus, not only on the player. */
function listenForKeys(controller: MediaController | null): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (
      event.target !== document.body ||
      !KEYS.has(event.key) ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey
    )
      return
    // Space would scroll.
    event.preventDefault()
    controller?.keyboardShortcutHandler(event)
  }
  addEventListener('keydown', onKey)
  return () => removeEventListener('keydown', onKey)
}
