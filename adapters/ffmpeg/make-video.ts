import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  MediaFailed,
  type Sink,
  type SourceWarning,
  type TrackOutput,
  type VideoOutput,
  type VideoTask,
  type Watch,
} from '../../core/ports/media.ts'
import { keyLabelOf } from '../../core/protection/model.ts'
import { type Cipher, cipherFor } from '../shaka/cipher.ts'
import { packageTrack } from '../shaka/packager.ts'
import { storeTrack } from '../shaka/track.ts'
import { abortable } from './abortable.ts'
import type { Part } from './damage.ts'
import { type Bench, type EncodedRung, encodeChunk } from './encode-video.ts'
import { frameClock, secondsAt } from './grid.ts'

/** Share of the work that is encoding; packaging and storing are the rest. */
const ENCODING = 0.95

/** Frames by which x264 delays presentation at `veryfast`, as soon as a chunk has more than two frames. */
const B_FRAME_DELAY = 2

/** One chunk of a film: encoded, packaged and stored. Rejects as `Media` promises. */
export async function makeVideo(
  bench: Bench,
  task: VideoTask,
  sink: Sink,
  watch: Watch,
): Promise<VideoOutput> {
  const { grid, firstFrame, encryption } = task
  if (firstFrame % grid.segmentFrames !== 0 || grid.segmentFrames % grid.gopFrames !== 0)
    throw new RangeError(`frame ${firstFrame} begins no segment`)
  const ciphers = new Map(task.rungs.map((rung) => [rung.name, cipherFor(encryption, keyLabelOf(rung))]))
  const progress = (fraction: number) => watch.progress(fraction * ENCODING)
  const { rungs, damage } = await encodeChunk(bench, task, { ...watch, progress })
  const tracks: TrackOutput[] = []
  for (const encoded of rungs) {
    const cipher = ciphers.get(encoded.rung.name)
    tracks.push(await packageRung(bench, task, encoded, { sink, signal: watch.signal, cipher }))
    watch.progress(ENCODING + ((1 - ENCODING) * tracks.length) / rungs.length)
  }
  const order = task.rungs.map((rung) => rung.name)
  return {
    tracks: tracks.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name)),
    warnings: warningsOf(task, damage),
  }
}

async function packageRung(
  bench: Bench,
  { grid, firstFrame, frames }: VideoTask,
  { rung, file }: EncodedRung,
  { sink, signal, cipher }: { sink: Sink; signal: AbortSignal; cipher: Cipher | undefined },
): Promise<TrackOutput> {
  const clock = frameClock(grid.frameRate)
  const output = file.replace('.mp4', '')
  const segmentSeconds = secondsAt(clock, grid.segmentFrames)
  const fragmentSeconds = secondsAt(clock, grid.gopFrames)
  const track = {
    folder: bench.scratch,
    input: file,
    output,
    stream: 'video',
    segmentSeconds,
    fragmentSeconds,
    cipher,
  } as const
  const packaged = await packageTrack(track, signal)
  await rm(join(bench.scratch, file))
  const placed = {
    name: rung.name,
    contentType: 'video/mp4',
    startTicks: firstFrame * clock.frameDuration,
    firstSegment: firstFrame / grid.segmentFrames + 1,
    firstFragment: firstFrame / grid.gopFrames + 1,
    editTicks: B_FRAME_DELAY * clock.frameDuration,
  }
  const made = await storeTrack(packaged, placed, abortable(sink, signal))
  return checked(made, { frames, ticks: grid.segmentFrames * clock.frameDuration })
}

/** Chunks only join when each holds the planned frames, in segments of the planned length. */
function checked(track: TrackOutput, plan: { frames: number; ticks: number }): TrackOutput {
  const uneven = track.segments.slice(0, -1).find((segment) => segment.durationTicks !== plan.ticks)
  if (track.samples === plan.frames && !uneven) return track
  const found = uneven
    ? `segment ${uneven.number} of ${uneven.durationTicks} ticks`
    : `${track.samples} frames`
  throw new MediaFailed(
    `${track.name}: ${found} where ${plan.frames} frames in ${plan.ticks} ticks were planned`,
    '',
  )
}

function warningsOf({ grid }: VideoTask, damage: Part | undefined): SourceWarning[] {
  if (!damage) return []
  const [from, to] = [Math.floor(damage.from), Math.ceil(damage.to)]
  // A range that is the whole film would say no more than no range.
  const whole = from === 0 && to >= secondsAt(frameClock(grid.frameRate), grid.totalFrames)
  const where = whole ? '' : ` between second ${from} and ${Math.max(to, from + 1)}`
  return [{ code: 'corrupt-frames', message: `Parts of the picture${where} are damaged in the source.` }]
}
