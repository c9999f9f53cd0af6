import { HlsVideoElement } from 'hls-video-element'
import { STREAM_OPEN } from './stream-media.ts'

/**
 * `<stream-video>`: `<hls-video>` that tells when its hls.js is there. The element itself tells by `loadstart` only,
 * and on a busy machine a refusal was there before that.
 */
class StreamVideo extends HlsVideoElement {
  override async load(): Promise<void> {
    await super.load()
    this.dispatchEvent(new Event(STREAM_OPEN))
  }
}
customElements.define('stream-video', StreamVideo)
