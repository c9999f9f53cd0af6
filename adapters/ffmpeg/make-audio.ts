import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type AudioTask,
  MediaFailed,
  type Sink,
  type TrackOutput,
  type Watch,
} from '../../core/ports/media.ts'
import { cipherFor } from '../shaka/cipher.ts'
import { packageTrack } from '../shaka/packager.ts'
import { storeTrack } from '../shaka/track.ts'
import { abortable } from './abortable.ts'
import { encodeAudio } from './encode-audio.ts'
import type { Bench } from './encode-video.ts'

const ENCODING = 0.95

/** A whole audio track: encoded, packaged and stored. Rejects as `Media` promises. */
export async function makeAudio(
  bench: Bench,
  task: AudioTask,
  sink: Sink,
  watch: Watch,
): Promise<TrackOutput> {
  const cipher = cipherFor(task.encryption, 'AUDIO')
  const progress = (fraction: number) => watch.progress(fraction * ENCODING)
  const { file, samples } = await encodeAudio(bench, task, { ...watch, progress })
  const { segmentSeconds, name } = task
  const track = {
    folder: bench.scratch,
    input: file,
    output: 'audio',
    stream: 'audio',
    segmentSeconds,
    cipher,
  } as const
  const packaged = await packageTrack(track, watch.signal)
  await rm(join(bench.scratch, file))
  const placed = { name, contentType: 'audio/mp4', startTicks: 0, firstSegment: 1, firstFragment: 1 }
  const made = await storeTrack(packaged, placed, abortable(sink, watch.signal))
  if (made.samples < samples)
    throw new MediaFailed(`${name}: ${made.samples} samples where ${samples} were planned`, '')
  watch.progress(1)
  return made
}
