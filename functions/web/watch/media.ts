import type Hls from 'hls.js'
import type { ErrorData, HlsConfig } from 'hls.js'
import type { HlsVideoElement } from 'hls-video-element'
import type { Playback } from '../../../core/video/wire.ts'
import { STREAM_OPEN } from './stream-video.ts'

/** `<stream-video>`: a video element with hls.js inside. */
export type MediaElement = HTMLVideoElement &
  Pick<HlsVideoElement, 'api' | 'config'> & {
    readonly videoRenditions: EventTarget & { readonly selectedIndex: number }
  }

const CONFIG: Partial<HlsConfig> = {
  // Captions come as tracks of the page; those of the playlist would show twice.
  renderTextTracksNatively: false,
  // No more pixels than the player shows, unless the viewer picks a quality.
  capLevelToPlayerSize: true,
}

/**
 * Plays a stream; where another one was playing, from the same place and going on. Calls `onStopped` once when the
 * stream breaks off for good. The answer stops listening.
 */
export function play(media: MediaElement, url: string, onStopped: () => void): () => void {
  const done = new AbortController()
  const { currentTime, paused, playbackRate } = media
  const wasThere = media.readyState > 0
  media.config = { ...CONFIG, startPosition: currentTime > 0 ? currentTime : -1 }
  media.videoRenditions.addEventListener('change', () => switchAtOnce(media), { signal: done.signal })
  media.addEventListener(STREAM_OPEN, () => listen(media.api, onStopped, done.signal), {
    signal: done.signal,
  })
  // Addresses stay the same for a while: asking for one that is there already changes nothing by itself.
  if (media.getAttribute('src') === url) media.load()
  else media.src = url
  if (wasThere) goOn(media, { paused, playbackRate }, done.signal)
  else begin(media, done.signal)
  return () => done.abort()
}

/** The element alone changes quality with the next segment: some seconds later, and in the last one never. */
function switchAtOnce({ api, videoRenditions: { selectedIndex } }: MediaElement): void {
  if (api && selectedIndex >= 0) api.currentLevel = selectedIndex
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

function listen(hls: Hls | null, onStopped: () => void, signal: AbortSignal): void {
  if (!hls || signal.aborted) return
  let told = false
  const onError = (_event: unknown, data: ErrorData) => {
    if (!data.fatal || told) return
    told = true
    onStopped()
  }
  hls.on('hlsError' as Parameters<Hls['on']>[0], onError as Parameters<Hls['on']>[1])
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
