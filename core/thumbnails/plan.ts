import { planStoryboard } from '../playback/storyboard.ts'
import type { SourceReport, SourceVideo, StillsTask } from '../ports/media.ts'

const SHEET_SIDE = 5
/** Decoded pixels that are worth an exact storyboard: about ten seconds of 320 x 240. */
const CHEAP_PIXELS = 25_000_000

/**
 * The early pictures of a film: a poster, and one sheet of at most 25 tiles over the whole timeline. A film of up to
 * 25 seconds gets the very grid that its transcode makes. All but the smallest are made of key frames alone.
 */
export function planEarlyStills(
  { durationSeconds }: Pick<SourceReport, 'durationSeconds'>,
  video: SourceVideo,
): Pick<StillsTask, 'storyboard' | 'posterAtSeconds' | 'keyFramesOnly'> {
  const everySeconds = Math.max(1, Math.ceil(durationSeconds / SHEET_SIDE ** 2))
  const tiles = Math.max(1, Math.ceil(durationSeconds / everySeconds))
  const columns = Math.min(SHEET_SIDE, tiles)
  const { tileWidth, tileHeight } = planStoryboard(durationSeconds, video.displayWidth, video.displayHeight)
  const storyboard = {
    ...{ tileWidth, tileHeight, columns, rows: Math.ceil(tiles / columns), everySeconds, tiles },
  }
  const frames = (durationSeconds * video.frameRate.num) / video.frameRate.den
  return {
    storyboard,
    posterAtSeconds: Math.min(video.durationSeconds * 0.1, 60),
    keyFramesOnly: frames * video.displayWidth * video.displayHeight > CHEAP_PIXELS,
  }
}
