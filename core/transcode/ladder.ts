import type { Rung, SourceVideo } from '../ports/media.ts'

interface Step {
  readonly shortSide: number
  /** kb/s up to 30 frames a second. */
  readonly average: number
  /** kb/s at 50 and 60; steps without one are halved in rate. */
  readonly averageFast?: number
  readonly max: number
}

/** Capped CRF: `average` is what a usual film comes to, `max` what the encoder may never pass. Reference points: Apple's HLS authoring table. */
const STEPS: readonly Step[] = [
  { shortSide: 144, average: 110, max: 165 },
  { shortSide: 240, average: 250, max: 375 },
  { shortSide: 360, average: 600, max: 900 },
  { shortSide: 480, average: 1200, averageFast: 1700, max: 1800 },
  { shortSide: 720, average: 2800, averageFast: 4000, max: 4500 },
  { shortSide: 1080, average: 5000, averageFast: 7000, max: 7800 },
  { shortSide: 1440, average: 9000, averageFast: 14_000, max: 14_000 },
  { shortSide: 2160, average: 15_000, averageFast: 23_000, max: 24_000 },
]
const LOWEST = STEPS[0] as Step

/** A source up to this much short of a step still gets it, at its own size: 1919x1079 is a 1080p film. */
const NEARLY = 0.98
/** What a film of the same size may have over its source's rate: more would only store the source's own noise. */
const OVER_SOURCE = 1.3
/** Codecs whose rate says as much as H.264's: a newer codec's low rate must not starve the encode. */
const COMPARABLE = new Set(['h264', 'mpeg4', 'msmpeg4v3', 'mpeg2video', 'mpeg1video', 'h263', 'wmv3', 'vc1'])

/** The qualities of a film, lowest first: every step whose short side the source has, never upscaled, one shape, even sizes. */
export function ladderFor(video: SourceVideo): Rung[] {
  const short = Math.min(video.displayWidth, video.displayHeight)
  const steps = STEPS.filter((step) => short >= step.shortSide * NEARLY)
  if (steps.length === 0) return [rung(video, { ...LOWEST, shortSide: short })]
  return steps.map((step) => rung(video, step))
}

function rung(video: SourceVideo, step: Step): Rung {
  const short = Math.min(video.displayWidth, video.displayHeight)
  const scale = Math.min(1, step.shortSide / short)
  const fast = video.frameRate.num / video.frameRate.den > 30.5
  const average = (fast ? (step.averageFast ?? step.average) : step.average) * 1000
  const max = Math.max(step.max * 1000, average)
  const limit = sourceLimit(video, scale)
  return {
    name: `${step.shortSide}p`,
    width: even(video.displayWidth, scale),
    height: even(video.displayHeight, scale),
    averageBitsPerSecond: Math.round(Math.min(average, limit)),
    maxBitsPerSecond: Math.round(Math.min(max, limit)),
  }
}

function sourceLimit(video: SourceVideo, scale: number): number {
  if (video.bitsPerSecond === undefined || scale < NEARLY || !COMPARABLE.has(video.codec))
    return Number.POSITIVE_INFINITY
  return Math.max(video.bitsPerSecond * OVER_SOURCE, 64_000)
}

/** H.264 4:2:0 wants even sizes: the nearest one, but never more than the source has. */
const even = (pixels: number, scale: number) =>
  Math.max(2, Math.min(Math.round((pixels * scale) / 2), Math.floor(pixels / 2)) * 2)
