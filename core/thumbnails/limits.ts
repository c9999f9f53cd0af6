import type { ThumbnailLimits } from '../ports/thumbnailer.ts'

/** A larger object is not looked at in a function. */
export const CLIP_BYTES = 2 * 1024 ** 3

/**
 * What a function of 512 MB and the third of a processor that comes with it may spend on one film. Measured on one
 * processor: 3.4 s, 15 MB read and 290 MB of memory for ten minutes of 1080p H.264 of 406 MB; 350 MB of memory, of which
 * 174 MB are the decoder's, for HDR.
 */
export const CLIP_LIMITS: ThumbnailLimits = {
  durationSeconds: 600,
  pixels: 1920 * 1088,
  wallSeconds: 90,
  fetchBytes: 128 * 1024 ** 2,
  heapBytes: 192 * 1024 ** 2,
}
