import { isScheme } from '../../../core/protection/model.ts'
import type { Playback } from '../../../core/video/wire.ts'

export type MediaTag = 'shielded-video' | 'stream-video'

/** Which element plays a film: what is encrypted sample by sample needs keys of the browser. */
export const mediaTagOf = ({ protection }: Pick<Playback, 'protection'>): MediaTag =>
  isScheme(protection) ? 'shielded-video' : 'stream-video'

/** Loads the element's code, which brings hls.js or shaka-player along: each film needs one of them. */
export async function loadElement(tag: MediaTag): Promise<void> {
  if (tag === 'shielded-video') await import('./shielded-video.ts')
  else await import('./stream-video.ts')
}
