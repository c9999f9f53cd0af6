import { looksLikeMedia, pictureOf } from './probe-head.ts'
import { type Beginning, type Looking, MAX_SIDE } from './probe-input.ts'
import { type Found, findStreams, Refused, Unopened } from './probe-streams.ts'

/** Refuses what its first bytes alone rule out: nothing at all, and pictures. */
export function checkBeginning({ sizeBytes, head }: Beginning): void {
  if (sizeBytes === 0) throw new Refused('empty-file')
  const picture = pictureOf(head)
  if (!picture) return
  const { format, width = 0, height = 0, moving } = picture
  if (Math.max(width, height) > MAX_SIDE) throw new Refused('too-large-picture', `${width}x${height}`)
  if (!moving) throw new Refused('still-image', format)
}

/** Container and streams, or a refusal that tells damage from what never was a film. */
export async function opened(looking: Looking, { head }: Beginning): Promise<Found> {
  try {
    const found = await findStreams(looking)
    // Below this even ffmpeg takes its guess for one: bytes of any kind pass for raw sound.
    if (found.format.probe_score < 25) throw new Refused('not-video')
    return found
  } catch (error) {
    if (!(error instanceof Unopened)) throw error
    const refusedFormat = /\[(\S+) @ \S+\] Format not on whitelist/.exec(error.message)?.[1]
    if (refusedFormat && BARE_STREAMS.has(refusedFormat))
      throw new Refused('unsupported-codec', `a bare ${refusedFormat} stream without a container`)
    if (refusedFormat || !looksLikeMedia(head)) throw new Refused('not-video', refusedFormat)
    throw new Refused(
      'malformed',
      /moov atom not found/.test(error.message) ? 'the index (moov) is missing' : undefined,
    )
  }
}
const BARE_STREAMS = new Set([
  'h264',
  'hevc',
  'vvc',
  'mpegvideo',
  'm4v',
  'h263',
  'h261',
  'vc1',
  'obu',
  'av1',
  'cavsvideo',
])
