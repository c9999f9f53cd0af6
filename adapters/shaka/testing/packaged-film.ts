import { execFile } from 'node:child_process'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import {
  type FilmTracks,
  type JoinedTrack,
  joinChunks,
  type PlaylistFile,
} from '../../../core/playback/film-tracks.ts'
import type { Segment } from '../../../core/ports/media.ts'

/** Frames in each rung: ten seconds at 25 a second. */
export const FRAMES = 250
export const RUNGS = [
  { name: '144p', width: 256, height: 144 },
  { name: '240p', width: 426, height: 240 },
  { name: '360p', width: 640, height: 360 },
]
export const AUDIO = [
  { name: 'audio-0-en', language: 'en', label: 'English', isDefault: true },
  { name: 'audio-1-de', language: 'de', label: 'Deutsch', isDefault: false },
]
const bin = join(import.meta.dirname, '../../../node_modules/shaka-packager/bin')
const packager = join(bin, `packager-linux-${process.arch}`)
const run = promisify(execFile)

/**
 * Makes a film of three rungs, two languages and no captions with ffmpeg and shaka-packager, under `<folder>/film/`, and
 * describes it from what the packager says of its own output. Takes about two seconds of CPU.
 */
export async function packageSampleFilm(folder: string): Promise<FilmTracks> {
  await encode(folder)
  return describeFilm(folder)
}

/** Stores playlists beside the segments that they name. */
export async function storePlaylists(folder: string, files: readonly PlaylistFile[]): Promise<void> {
  for (const file of files) {
    const path = join(folder, 'film', file.name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, file.text)
  }
}

async function encode(folder: string): Promise<void> {
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25:duration=10']
  const tones = [440, 880].flatMap((hz) => ['-f', 'lavfi', '-i', `sine=${hz}:duration=10`])
  const scales = RUNGS.map(({ width, height }, n) => `[s${n}]scale=${width}:${height},setsar=1[v${n}]`)
  const split = `[0:v]split=${RUNGS.length}${RUNGS.map((_, n) => `[s${n}]`).join('')}`
  const maps = [...RUNGS.map((_, n) => `[v${n}]`), '1:a', '2:a'].flatMap((stream) => ['-map', stream])
  const x264 = '-c:v libx264 -preset ultrafast -bf 2 -g 50 -keyint_min 50 -sc_threshold 0 -pix_fmt yuv420p'
  const codecs = [...x264.split(' '), '-c:a', 'aac', '-ac', '2', '-ar', '48000']
  const filter = ['-filter_complex', [split, ...scales].join(';')]
  await run('ffmpeg', [
    '-v',
    'error',
    ...picture,
    ...tones,
    ...filter,
    ...maps,
    ...codecs,
    join(folder, 'all.mp4'),
  ])
  const streams = [...RUNGS, ...AUDIO].map(({ name }, index) => packagerStream(folder, { name, index }))
  const manifests = [
    '--hls_master_playlist_output',
    `${folder}/shaka.m3u8`,
    '--mpd_output',
    `${folder}/shaka.mpd`,
  ]
  await run(packager, [...streams, '--segment_duration', '4', '--generate_static_live_mpd', ...manifests])
}

function packagerStream(folder: string, { name, index }: { name: string; index: number }): string {
  const at = join(folder, 'film', name)
  const iframes = index < RUNGS.length ? `,iframe_playlist_name=iframes-${name}.m3u8` : ''
  const files = `init_segment=${at}/init.mp4,segment_template=${at}/$Number$.m4s,playlist_name=${name}.m3u8`
  return `in=${folder}/all.mp4,stream=${index},${files}${iframes}`
}

async function describeFilm(folder: string): Promise<FilmTracks> {
  const manifest = await readFile(join(folder, 'shaka.mpd'), 'utf8')
  const video = RUNGS.map(async (rung) => {
    const iframes = await readFile(join(folder, `iframes-${rung.name}.m3u8`), 'utf8')
    const track = await describeTrack({ folder, manifest, iframes, name: rung.name })
    return { ...track, ...rung, frameRate: { num: 25, den: 1 } }
  })
  const audio = AUDIO.map(async (track) => {
    const described = await describeTrack({ folder, manifest, iframes: '', name: track.name })
    return { ...described, ...track, channels: 2, sampleRate: 48_000 }
  })
  return {
    video: await Promise.all(video),
    audio: await Promise.all(audio),
    captions: [],
    durationSeconds: 10,
  }
}

interface Packaged {
  readonly folder: string
  readonly name: string
  /** The packager's MPD: exact ticks. */
  readonly manifest: string
  /** Its I-frame playlist: where the key frames lie. */
  readonly iframes: string
}

async function describeTrack(track: Packaged): Promise<JoinedTrack> {
  const { name, manifest } = track
  const part = manifest.split('<Representation').find((text) => text.includes(`${name}/init.mp4`)) ?? ''
  const timescale = Number(/timescale="(\d+)"/.exec(part)?.[1])
  const durations = [...part.matchAll(/<S t="\d+" d="(\d+)"(?: r="(\d+)")?/g)].flatMap(([, ticks, repeats]) =>
    Array.from({ length: 1 + Number(repeats ?? 0) }, () => Number(ticks)),
  )
  const segments = durations.map(async (durationTicks, index) => {
    const number = index + 1
    const { size } = await stat(join(track.folder, 'film', name, `${number}.m4s`))
    return { number, durationTicks, sizeBytes: size, keyframes: keyframesOf(track, number, timescale) }
  })
  const codecs = /codecs="([^"]+)"/.exec(part)?.[1] ?? ''
  const whole = { name, codecs, timescale, startTicks: 0, initSha256: name, samples: 0 }
  return joinChunks([{ ...whole, segments: await Promise.all(segments) }])
}

function keyframesOf({ iframes }: Packaged, number: number, timescale: number): Segment['keyframes'] {
  const entry = new RegExp(`#EXTINF:([\\d.]+),\n#EXT-X-BYTERANGE:(\\d+)@(\\d+)\n.*/${number}\\.m4s`, 'g')
  return [...iframes.matchAll(entry)].map(([, seconds, sizeBytes, offset]) => ({
    durationTicks: Math.round(Number(seconds) * timescale),
    sizeBytes: Number(sizeBytes),
    offset: Number(offset),
  }))
}
