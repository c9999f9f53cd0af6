import type Hls from 'hls.js'
import type { ErrorData, HlsConfig } from 'hls.js'
import type { HlsVideoElement } from 'hls-video-element'
import { PLAYBACK_HEADER } from '../kit/http.ts'

/** Dispatched by `<stream-video>` each time a fresh hls.js is in place, before it can have met any trouble. */
export const STREAM_OPEN = 'streamopen'

/** `<stream-video>`: a video element with hls.js inside. */
export type StreamElement = HTMLVideoElement &
  Pick<HlsVideoElement, 'api' | 'config'> & {
    readonly videoRenditions: EventTarget & { readonly selectedIndex: number }
  }

const CONFIG: Partial<HlsConfig> = {
  // Captions come as tracks of the page; those of the playlist would show twice.
  renderTextTracksNatively: false,
  // No more pixels than the player shows, unless the viewer picks a quality.
  capLevelToPlayerSize: true,
}

interface StreamSource {
  readonly url: string
  readonly startSeconds: number | null
  readonly token: () => string
  readonly onStopped: () => void
  readonly signal: AbortSignal
}

/** Plays an HLS stream, until the signal aborts with its troubles told. */
export function openStream(media: StreamElement, source: StreamSource): void {
  const { url, signal } = source
  media.config = {
    ...CONFIG,
    startPosition: source.startSeconds ?? -1,
    xhrSetup: (xhr, address) => sendToken(xhr, address, source.token()),
  }
  media.videoRenditions.addEventListener('change', () => switchAtOnce(media), { signal })
  media.addEventListener(STREAM_OPEN, () => listen(media.api, source), { signal })
  // Addresses stay the same for a while: asking for one that is there already changes nothing by itself.
  if (media.getAttribute('src') === url) media.load()
  else media.src = url
}

export const closeStream = (media: StreamElement): void => media.removeAttribute('src')

/** Keys of AES-128 are asked for with the token as it is now; where media lie it must not go. */
function sendToken(xhr: XMLHttpRequest, address: string, token: string): void {
  const { origin, pathname } = new URL(address, location.href)
  if (origin !== location.origin || !/^\/v1\/(license|stream)\//.test(pathname)) return
  if (xhr.readyState === XMLHttpRequest.UNSENT) xhr.open('GET', address, true)
  xhr.setRequestHeader(PLAYBACK_HEADER, token)
}

/** The element alone changes quality with the next segment: some seconds later, and in the last one never. */
function switchAtOnce({ api, videoRenditions: { selectedIndex } }: StreamElement): void {
  if (api && selectedIndex >= 0) api.currentLevel = selectedIndex
}

function listen(hls: Hls | null, { onStopped, signal }: StreamSource): void {
  if (!hls || signal.aborted) return
  let told = false
  const onError = (_event: unknown, data: ErrorData) => {
    if (!data.fatal || told || signal.aborted) return
    told = true
    onStopped()
  }
  hls.on('hlsError' as Parameters<Hls['on']>[0], onError as Parameters<Hls['on']>[1])
}
