import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { ProtectTask, TrackKey, TrackOutput } from '../../../core/ports/media.ts'
import { makeAudio } from '../make-audio.ts'
import { protectTrack } from '../protect-track.ts'
import { madeFilm } from './films.ts'
import { make } from './made.ts'
import {
  audioTask,
  benchIn,
  md5Column,
  openFolder,
  placed,
  Shelf,
  sound,
  tasksOf,
  unwatched,
} from './tasks.ts'

const run = promisify(execFile)

/** A track as it lies in a store, and what its playlists know. */
export interface Stored {
  readonly shelf: Shelf
  readonly output: TrackOutput
}

/** Half a second and a second at 25 frames, near enough: groups of 12 frames. */
export const PICTURES = { segmentSeconds: 24 / 25, fragmentSeconds: 12 / 25 } as const
export const SOUND = { segmentSeconds: 1 } as const

/** Clear pictures, from chunks of 48, 48 and 1 frames (the last has another edit list by itself), and clear sound. */
export async function clearTracks(): Promise<{ readonly pictures: Stored; readonly sound: Stored }> {
  const path = await madeFilm('bars-and-tone.mp4', [
    ...['-f', 'lavfi', '-i', 'testsrc2=s=256x144:r=25', '-f', 'lavfi', '-i', 'sine=sample_rate=48000'],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-t', '3.88'],
  ])
  const film = { path, rate: { num: 25, den: 1 }, frames: 97 }
  await using made = await make(tasksOf(film, { gopFrames: 12, gops: 4 }))
  await using folder = await openFolder()
  const shelf = new Shelf()
  const task = { ...audioTask(film, sound(1)), ...SOUND }
  const output = await makeAudio(benchIn(folder.path), task, shelf.sink, unwatched())
  const tracks = made.outputs.flatMap(({ tracks }) => tracks)
  return { pictures: { shelf: made.shelf, output: joined(tracks) }, sound: { shelf, output } }
}

/** The outputs of a track's parts as one. */
export function joined(parts: readonly TrackOutput[]): TrackOutput {
  const [first] = parts
  if (!first) throw new Error('a track of no part')
  const samples = parts.reduce((sum, part) => sum + part.samples, 0)
  return { ...first, samples, segments: parts.flatMap(({ segments }) => segments) }
}

/** What a re-protection is asked for; `segments` by number, all of them by default. */
interface Wish extends Pick<ProtectTask, 'from' | 'to' | 'segmentSeconds' | 'fragmentSeconds'> {
  readonly segments?: readonly number[]
  readonly firstFragment?: number
}

/** The task that protects a stored track anew. */
export function protectTask({ shelf, output }: Stored, wish: Wish): ProtectTask {
  const { segments = output.segments.map(({ number }) => number), ...rest } = wish
  const before = output.segments.filter(({ number }) => number < (segments[0] ?? 0))
  return {
    name: output.name,
    stream: output.width === undefined ? 'audio' : 'video',
    init: shelf.file(`${output.name}/init.mp4`),
    segments: segments.map((number) => ({
      number,
      read: async function* () {
        yield shelf.file(`${output.name}/${number}.m4s`)
      },
    })),
    startTicks: before.reduce((ticks, segment) => ticks + segment.durationTicks, output.startTicks),
    firstFragment: 1,
    ...rest,
  }
}

/** Protects a stored track anew, in a scratch folder of its own. */
export async function protect(stored: Stored, wish: Wish): Promise<Stored> {
  await using scratch = await openFolder()
  const shelf = new Shelf()
  const output = await protectTrack(scratch.path, protectTask(stored, wish), shelf.sink, unwatched())
  return { shelf, output }
}

/** MD5 of each picture or sound frame that ffmpeg decodes with a key, or without one. */
export async function decodedWith(key: TrackKey | undefined, { shelf, output }: Stored): Promise<string[]> {
  await using folder = await openFolder()
  const path = await placed(folder.path, shelf.track(output.name))
  const decryption = key ? ['-decryption_key', Buffer.from(key.key).toString('hex')] : []
  // With an index of its own ffmpeg 5 takes the IVs of one fragment for the samples of another.
  const input = ['-v', 'quiet', '-fflags', '+ignidx', ...decryption, '-i', path]
  const args = [...input, '-fps_mode', 'passthrough', '-f', 'framemd5', '-']
  return md5Column((await run('ffmpeg', args, { maxBuffer: 1e8 })).stdout)
}
