import { CustomVideoElement } from 'custom-media-element'
import { MediaTracksMixin } from 'media-tracks'
import shaka from 'shaka-player/dist/shaka-player.compiled-es2021.js'
import type { Playback } from '../../../core/video/wire.ts'
import { allKeysAtOnce } from './clear-key-init.ts'
import { licenseRefusal } from './license-refusal.ts'
import { addLicenseHeaders, drmConfigOf } from './licenses.ts'
import { listTracks, type Tracks } from './shielded-tracks.ts'

shaka.polyfill.installAll()

export interface ShieldedSource {
  readonly playback: Playback
  readonly startSeconds: number | null
  /** The token that is good now. */
  readonly token: () => string
  /** It broke off for good; with the refusal, where a licence was refused. */
  readonly onStopped: (refusal?: unknown) => void
}

/** `<shielded-video>`: a video element with shaka-player inside, which opens what is encrypted. */
export class ShieldedVideo extends MediaTracksMixin(CustomVideoElement) {
  #player: shaka.Player | undefined
  #tracks: Tracks | undefined

  async open(source: ShieldedSource): Promise<void> {
    await this.close()
    const player = new shaka.Player()
    this.#player = player
    const stopped = (error: unknown) => this.#player === player && source.onStopped(licenseRefusal(error))
    prepare(player, source, stopped)
    this.#tracks = listTracks(player, this)
    try {
      await player.attach(this.nativeEl)
      await player.load(addressOf(source.playback), source.startSeconds)
    } catch (error) {
      stopped(error)
    }
  }

  /** Takes the film out of the element and closes its keys. */
  async close(): Promise<void> {
    const player = this.#player
    this.#player = undefined
    this.#tracks?.clear()
    this.#tracks = undefined
    await player?.destroy()
  }
}
customElements.define('shielded-video', ShieldedVideo)

function prepare(player: shaka.Player, source: ShieldedSource, stopped: (error: unknown) => void): void {
  const { licenses } = source.playback
  player.configure({
    drm: { ...drmConfigOf(licenses), initDataTransform: allKeysAtOnce },
    // No more pixels than the player shows, unless the viewer picks a quality.
    abr: { restrictToElementSize: true },
    // Captions come as tracks of the page; those of the manifest would show twice.
    manifest: { disableText: true },
  })
  player.getNetworkingEngine()?.registerRequestFilter((_type, request) => {
    addLicenseHeaders(request, licenses, source.token)
  })
  player.addEventListener('error', (event) => {
    const { detail } = event as unknown as CustomEvent<shaka.util.Error>
    if (detail.severity === shaka.util.Error.Severity.CRITICAL) stopped(detail)
  })
}

/** Apple's browsers open FairPlay out of HLS; all others play DASH. */
function addressOf({ manifestUrl, hlsUrl, licenses }: Playback): string {
  return licenses.fairplay && /^Apple/.test(navigator.vendor) ? hlsUrl : manifestUrl
}
