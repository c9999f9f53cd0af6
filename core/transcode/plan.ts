import { planStoryboard } from '../playback/storyboard.ts'
import type { Grid, Rational, Rung, SourceReport, SourceVideo } from '../ports/media.ts'
import { ladderFor } from './ladder.ts'
import type { RungGroup, UnitSpec } from './unit.ts'

export interface PlannedUnit {
  /** Unique in its generation: planning again plans the same. */
  readonly name: string
  readonly spec: UnitSpec
  /** Lower ones first. */
  readonly priority: number
  /** In pixels decoded and encoded, or what costs as much. */
  readonly work: number
}

const CHUNK_SECONDS = 60
const GOP_SECONDS = 2
export const GOPS_A_SEGMENT = 3
const PRIORITY = { low: 10, audio: 10, stills: 20, high: 30, top: 40 } as const
/** Decoding a pixel costs about a quarter of encoding one at `veryfast`. */
const DECODE_COST = 0.25
const AUDIO_WORK_A_SECOND = 200_000

export interface PlanOptions {
  /** Qualities above 1080p, where the source has them. */
  readonly topRungs: boolean
}

/** Everything to do for a film after its probe. Pure: the same report and options give the same units. */
export function planFilm(report: SourceReport, options: PlanOptions = { topRungs: true }): PlannedUnit[] {
  const video = report.video
  return [
    ...(video ? planVideo(report, video, options) : []),
    ...planAudio(report),
    ...(video ? [planStills(report, video)] : []),
  ]
}

/** Length of a segment in seconds; audio is cut at the same places as the picture. */
export function segmentSeconds(video: SourceVideo | undefined): number {
  if (!video) return GOP_SECONDS * GOPS_A_SEGMENT
  const grid = gridFor(video, { divide: 1, seconds: video.durationSeconds })
  return (grid.segmentFrames * grid.frameRate.den) / grid.frameRate.num
}

function planVideo(report: SourceReport, video: SourceVideo, { topRungs }: PlanOptions): PlannedUnit[] {
  const ladder = ladderFor(video)
  return GROUPS.filter((group) => topRungs || group !== 'top').flatMap((group) => {
    const rungs = ladder.filter((rung) => groupOf(rung, ladder) === group)
    return rungs.length === 0 ? [] : planGroup(group, rungs, report)
  })
}

const GROUPS = ['low', 'high', 'top'] as const satisfies readonly RungGroup[]

/** By steps of the ladder; a film that has only higher steps than `low` (there is none today) still has its lowest one there. */
function groupOf(rung: Rung, ladder: readonly Rung[]): RungGroup {
  const step = Number.parseInt(rung.name, 10)
  if (rung === ladder[0] || step <= 360) return 'low'
  return step <= 1080 ? 'high' : 'top'
}

function planGroup(group: RungGroup, rungs: readonly Rung[], report: SourceReport): PlannedUnit[] {
  const video = report.video as SourceVideo
  const grid = gridFor(video, { divide: halved(group, video) ? 2 : 1, seconds: report.durationSeconds })
  const pixels = rungs.reduce((sum, rung) => sum + rung.width * rung.height, 0)
  const decoded = video.displayWidth * video.displayHeight * DECODE_COST * (halved(group, video) ? 2 : 1)
  return chunks(grid).map(({ firstFrame, frames }, index) => ({
    name: `video/${group}/${index}`,
    spec: { kind: 'video', group, grid, firstFrame, frames, rungs },
    priority: PRIORITY[group],
    work: Math.round(frames * (pixels + decoded)),
  }))
}

/** Small pictures need no 60 frames a second: at half the rate they cost half. */
const halved = (group: RungGroup, video: SourceVideo) => group === 'low' && rate(video.frameRate) > 30.5

/**
 * The output grid; groups of pictures are whole frames, so that no rounding adds up over a film. It lasts as long as the
 * film's longest track: players want all of them equally long, and the last picture stands while the sound goes on.
 */
function gridFor(video: SourceVideo, { divide, seconds }: { divide: 1 | 2; seconds: number }): Grid {
  const frameRate: Rational = { num: video.frameRate.num, den: video.frameRate.den * divide }
  const fullGop = Math.max(1, Math.round(GOP_SECONDS * rate(video.frameRate)))
  // Both grids must cut at the same instants: an odd group of pictures could not be halved.
  const gopFrames = rate(video.frameRate) > 30.5 ? (fullGop + (fullGop % 2)) / divide : fullGop
  const totalFrames = Math.max(1, Math.round(seconds * rate(frameRate)))
  return { frameRate, gopFrames, segmentFrames: gopFrames * GOPS_A_SEGMENT, totalFrames }
}

const rate = (r: Rational) => r.num / r.den

/** Whole segments each, but the last; a remainder shorter than a segment joins the chunk before it. */
function chunks(grid: Grid): { firstFrame: number; frames: number }[] {
  const seconds = (grid.segmentFrames * grid.frameRate.den) / grid.frameRate.num
  const length = grid.segmentFrames * Math.max(1, Math.round(CHUNK_SECONDS / seconds))
  const count = Math.max(1, Math.floor((grid.totalFrames + length - grid.segmentFrames) / length))
  return Array.from({ length: count }, (_, i) => ({
    firstFrame: i * length,
    frames: i === count - 1 ? grid.totalFrames - i * length : length,
  }))
}

function planAudio(report: SourceReport): PlannedUnit[] {
  const { durationSeconds } = report
  return report.audio.map((track, index) => ({
    name: `audio/${index}`,
    spec: {
      kind: 'audio',
      track,
      name: `audio-${index}`,
      segmentSeconds: segmentSeconds(report.video),
      durationSeconds,
    },
    priority: PRIORITY.audio,
    work: Math.round(durationSeconds * AUDIO_WORK_A_SECOND),
  }))
}

function planStills(report: SourceReport, video: SourceVideo): PlannedUnit {
  const storyboard = planStoryboard(report.durationSeconds, video.displayWidth, video.displayHeight)
  return {
    name: 'stills',
    spec: { kind: 'stills', storyboard, posterAtSeconds: Math.min(video.durationSeconds * 0.1, 60) },
    priority: PRIORITY.stills,
    work: Math.round(storyboard.tiles * video.displayWidth * video.displayHeight * DECODE_COST),
  }
}
