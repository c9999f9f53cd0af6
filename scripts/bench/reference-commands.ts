import { join } from 'node:path'
import type { Grid, Rung, SourceAudio } from '../../core/ports/media.ts'
import type { PlannedUnit } from '../../core/transcode/plan.ts'

/** What the pipeline makes of a film, read from its plan, so that the commands compared with it make the same. */
export interface Wanted {
  readonly rungs: readonly { readonly rung: Rung; readonly grid: Grid }[]
  readonly audio: readonly SourceAudio[]
}

export function wantedBy(units: readonly PlannedUnit[]): Wanted {
  const rungs = new Map<string, { rung: Rung; grid: Grid }>()
  for (const { spec } of units) {
    if (spec.kind === 'video') for (const rung of spec.rungs) rungs.set(rung.name, { rung, grid: spec.grid })
  }
  const audio = units.flatMap(({ spec }) => (spec.kind === 'audio' ? [spec.track] : []))
  return { rungs: [...rungs.values()].sort((a, b) => b.rung.height - a.rung.height), audio }
}

const HEAD = ['-nostdin', '-y', '-v', 'error']

/** What a careful person writes by hand: one ffmpeg, one decode, all rungs and the sound, straight to HLS in fMP4. */
export function singleCommand(film: string, folder: string, { rungs, audio }: Wanted): string[] {
  const outputs = rungs.map((_, at) => `[s${at}]`).join('')
  const scaled = rungs.map((wanted, at) => `[s${at}]${toRung(wanted)}[v${at}]`)
  const graph = [`[0:v:0]split=${rungs.length}${outputs}`, ...scaled].join(';')
  return [
    ...['ffmpeg', ...HEAD, '-i', film, '-filter_complex', graph],
    ...rungs.flatMap((wanted, at) => [
      '-map',
      `[v${at}]`,
      ...encode(wanted),
      ...hls(folder, wanted.rung.name, wanted.grid),
    ]),
    ...audio.flatMap((track, at) => sound(track, folder, at)),
  ]
}

/** The simple way: one ffmpeg for each rung, one for each sound track. */
export function commandPerRung(film: string, folder: string, { rungs, audio }: Wanted): string[][] {
  const input = ['ffmpeg', ...HEAD, '-i', film]
  return [
    ...rungs.map((wanted) => [
      ...[...input, '-map', '0:v:0', '-vf', toRung(wanted)],
      ...[...encode(wanted), ...hls(folder, wanted.rung.name, wanted.grid)],
    ]),
    ...audio.map((track, at) => [...input, ...sound(track, folder, at)]),
  ]
}

const toRung = ({ rung, grid }: Wanted['rungs'][number]) =>
  `fps=${grid.frameRate.num}/${grid.frameRate.den},scale=${rung.width}:${rung.height},setsar=1`

/** The pipeline's own quality: the same preset, rate factor, limits and groups of pictures. */
function encode({ rung, grid }: Wanted['rungs'][number]): string[] {
  const gop = String(grid.gopFrames)
  return [
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'high', '-pix_fmt', 'yuv420p', '-crf', '23'],
    ...['-maxrate', String(rung.maxBitsPerSecond), '-bufsize', String(2 * rung.maxBitsPerSecond)],
    ...['-g', gop, '-keyint_min', gop, '-sc_threshold', '0'],
  ]
}

function hls(folder: string, name: string, grid?: Grid): string[] {
  const seconds = grid ? (grid.segmentFrames * grid.frameRate.den) / grid.frameRate.num : 6
  const files = [
    '-hls_segment_filename',
    join(folder, `${name}-%d.m4s`),
    '-hls_fmp4_init_filename',
    `${name}-init.mp4`,
  ]
  const kind = [
    '-f',
    'hls',
    '-hls_time',
    String(seconds),
    '-hls_playlist_type',
    'vod',
    '-hls_segment_type',
    'fmp4',
  ]
  return [...kind, ...files, join(folder, `${name}.m3u8`)]
}

function sound(track: SourceAudio, folder: string, at: number): string[] {
  const quality = track.channels === 1 ? ['-ac', '1', '-b:a', '96k'] : ['-ac', '2', '-b:a', '128k']
  return ['-map', `0:${track.streamIndex}`, '-c:a', 'aac', ...quality, ...hls(folder, `audio-${at}`)]
}
