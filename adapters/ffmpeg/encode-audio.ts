import { join } from 'node:path'
import type { AudioTask, Watch } from '../../core/ports/media.ts'
import { withErrorsOnly } from './damage.ts'
import type { Bench } from './encode-video.ts'
import { lookAt } from './probe-input.ts'
import { runTool } from './run.ts'

export interface EncodedAudio {
  /** Name of an MP4 file in the scratch folder. */
  readonly file: string
  readonly sampleRate: number
  /** Those that were asked for. */
  readonly samples: number
}

/**
 * Encodes a whole track as AAC LC, mono or stereo. It begins where the film begins, with silence if the source's sound
 * comes later, and is as long as the task says. Throws `MediaFailed`.
 */
export async function encodeAudio(bench: Bench, task: AudioTask, watch: Watch): Promise<EncodedAudio> {
  const sampleRate = task.track.sampleRate === 44_100 ? 44_100 : 48_000
  const samples = Math.max(1, Math.round(task.durationSeconds * sampleRate))
  const [channels, bitRate] = task.track.channels === 1 ? (['1', '96k'] as const) : (['2', '128k'] as const)
  const { input } = lookAt(bench.engine, task.source, watch.signal)
  const args = [
    ...['-hide_banner', '-nostdin', '-nostats', '-progress', 'pipe:1', '-stats_period', '0.5'],
    ...['-loglevel', 'repeat+level+info', '-max_error_rate', '1', '-copyts', ...input],
    ...['-map', `0:${task.track.streamIndex}`, '-af', filters(task, sampleRate, samples)],
    ...['-c:a', 'aac', '-ac', channels, '-ar', String(sampleRate), '-b:a', bitRate],
    ...['-flags:a', '+bitexact', '-fflags', '+bitexact', '-map_metadata', '-1', '-map_chapters', '-1'],
    ...['-f', 'mp4', '-y', join(bench.scratch, FILE)],
  ]
  const onLine = reportTime(task.durationSeconds, watch)
  await withErrorsOnly(() => runTool(bench.engine.ffmpeg, args, { signal: watch.signal, onLine }))
  return { file: FILE, sampleRate, samples }
}

const FILE = 'audio.mp4'

// Times as they stand in the file, counted from the film's beginning: by itself ffmpeg would count a transport stream
// from where this track begins.
const filters = ({ report }: AudioTask, sampleRate: number, samples: number): string =>
  [
    `asetpts=PTS-${report.startSeconds.toFixed(6)}/TB`,
    `aresample=${sampleRate}:async=1:first_pts=0`,
    `apad=whole_len=${samples}`,
    `atrim=end_sample=${samples}`,
  ].join(',')

function reportTime(seconds: number, { progress }: Watch): (line: string) => void {
  return (line) => {
    const micros = /^out_time_us=(\d+)/.exec(line)?.[1]
    if (micros !== undefined) progress(Math.min(1, Number(micros) / 1e6 / seconds))
  }
}
