import type { Playback } from '../../../core/video/wire.ts'
import type { ShieldedVideo } from './shielded-video.ts'
import { closeStream, openStream, type StreamElement } from './stream-media.ts'

export type MediaElement = StreamElement | ShieldedVideo

const isShielded = (media: MediaElement): media is ShieldedVideo => media.localName === 'shielded-video'

export interface Source {
  readonly playback: Playback
  /** Where a film begins that was not playing before. */
  readonly startSeconds: number
  /** The token that is good now. */
  readonly token: () => string
  /** It broke off for good; with the problem, where a licence was refused. */
  readonly onStopped: (refusal?: unknown) => void
}

/**
 * Plays a film; where another one was playing, from the same place and going on. Calls `onStopped` once when the stream breaks off
 * for good. The answer stops listening.
 */
export function play(media: MediaElement, source: Source): () => void {
  const done = new AbortController()
  const { currentTime, paused, playbackRate } = media
  const wasThere = media.readyState > 0
  const startSeconds = currentTime || source.startSeconds || null
  const { playback, token } = source
  const onStopped = (refusal?: unknown) => {
    if (!done.signal.aborted) source.onStopped(refusal)
  }
  if (isShielded(media)) void media.open({ playback, startSeconds, token, onStopped })
  else openStream(media, { url: playback.hlsUrl, startSeconds, token, onStopped, signal: done.signal })
  if (wasThere) goOn(media, { paused, playbackRate }, done.signal)
  else begin(media, done.signal)
  return () => done.abort()
}

/** Takes the film out of the element; keys that it had are closed. */
export function empty(media: MediaElement): void {
  if (isShielded(media)) void media.close()
  else closeStream(media)
}

/** Browsers let a film begin by itself only after a click on the page: a refusal leaves the play button. */
function begin(media: MediaElement, signal: AbortSignal): void {
  const start = () => void media.play().catch(() => undefined)
  media.addEventListener('loadedmetadata', start, { once: true, signal })
}

function goOn(
  media: MediaElement,
  before: { paused: boolean; playbackRate: number },
  signal: AbortSignal,
): void {
  const go = () => {
    media.playbackRate = before.playbackRate
    if (!before.paused) void media.play().catch(() => undefined)
  }
  media.addEventListener('loadedmetadata', go, { once: true, signal })
}

/** Shows the chapters' names on the seek bar. Tracks added by script cannot be removed: there is one, filled anew. */
export function setChapters(media: MediaElement, { chapters, durationSeconds }: Playback): void {
  const found = [...media.textTracks].find((track) => track.kind === 'chapters')
  if (!found && chapters.length === 0) return
  const track = found ?? media.addTextTrack('chapters', 'Chapters')
  track.mode = 'hidden'
  for (const cue of [...(track.cues ?? [])]) track.removeCue(cue)
  for (const [at, { startSeconds, title }] of chapters.entries())
    track.addCue(new VTTCue(startSeconds, chapters[at + 1]?.startSeconds ?? durationSeconds, title))
}
