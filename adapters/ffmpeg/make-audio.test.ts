import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import type { TrackOutput } from '../../core/ports/media.ts'
import { makeAudio } from './make-audio.ts'
import { madeFilm, opencvFilmOrSkip } from './testing/films.ts'
import {
  audioTask,
  benchIn,
  type Film,
  openFolder,
  placed,
  probed,
  Shelf,
  sound,
  unwatched,
} from './testing/tasks.ts'

const run = promisify(execFile)
const RATE = { num: 25, den: 1 }

async function make(film: Film, track = sound(0)) {
  await using owned = new AsyncDisposableStack()
  const folder = owned.use(await openFolder())
  const shelf = new Shelf()
  const output: TrackOutput = await makeAudio(
    benchIn(folder.path),
    audioTask(film, track),
    shelf.sink,
    unwatched(),
  )
  const path = await placed(folder.path, shelf.track('audio-0'))
  const kept = owned.move()
  return { output, path, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

/** Second at which the sound first is louder than -40 dB. */
async function firstSound(path: string): Promise<number> {
  // Times as they stand in the file: without -copyts ffmpeg would count from the priming, 21 ms before zero.
  const args = [
    '-hide_banner',
    '-copyts',
    '-i',
    path,
    '-af',
    'silencedetect=n=-40dB:d=0.05',
    '-f',
    'null',
    '-',
  ]
  const { stderr } = await run('ffmpeg', args)
  return Number(/silence_end: ([\d.]+)/.exec(stderr)?.[1] ?? 0)
}

const tone = (seconds: number, ...more: string[]) => [
  ...['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:d=${seconds}`],
  ...more,
]

it('makes AAC in stereo of six channels', async (ctx) => {
  const path = await opencvFilmOrSkip(ctx, 'Megamind.avi')
  await using made = await make({ path, rate: RATE, frames: 50 }, sound(1, 6))
  expect(made.output).toMatchObject({ codecs: 'mp4a.40.2', channels: 2, sampleRate: 48_000, startTicks: 0 })
})

it('keeps mono and 44 100 samples a second', async () => {
  const path = await madeFilm('mono.wav', ['-f', 'lavfi', '-i', 'sine=sample_rate=44100:d=2'])
  await using made = await make({ path, rate: RATE, frames: 50 }, sound(0, 1, 44_100))
  expect(made.output).toMatchObject({ channels: 1, sampleRate: 44_100, timescale: 44_100 })
})

it('is as long as the film where the sound ends before it', async () => {
  const path = await madeFilm('short.wav', tone(1))
  await using made = await make({ path, rate: RATE, frames: 75 })
  expect(made.output.samples).toBe(3 * 48_000)
})

it('is as long as the film where the sound goes on after it', async () => {
  const path = await madeFilm('long.wav', tone(4))
  await using made = await make({ path, rate: RATE, frames: 25 })
  expect(made.output.samples).toBe(48_000)
})

it('is silent until the sound of a film that shows pictures first', async () => {
  const picture = ['-f', 'lavfi', '-i', 'color=s=64x64:r=25:d=3']
  const late = ['-itsoffset', '1.5', ...tone(1), '-c:v', 'libx264', '-c:a', 'aac', '-f', 'mpegts']
  const path = await madeFilm('late-sound.ts', [...picture, ...late])
  await using made = await make({ path, rate: RATE, frames: 75, startSeconds: 1.48 }, sound(1))
  expect(await firstSound(made.path)).toBeCloseTo(1.5, 1)
})

it('hears the sound when it was, beyond the encoder priming', async () => {
  const path = await madeFilm('beep.wav', tone(3, '-af', "volume='gte(t,1)':eval=frame"))
  await using made = await make({ path, rate: RATE, frames: 75 })
  expect(Math.abs((await firstSound(made.path)) - (await firstSound(path)))).toBeLessThan(0.005)
})

it('cuts segments at whole seconds, give or take one AAC frame', async () => {
  const path = await madeFilm('long.wav', tone(4))
  await using made = await make({ path, rate: RATE, frames: 100 })
  let end = 0
  for (const segment of made.output.segments.slice(0, -1)) {
    end += segment.durationTicks
    expect(Math.abs(end / 48_000 - segment.number * 2)).toBeLessThan(2048 / 48_000)
  }
  expect(made.output.segments).toHaveLength(2)
})

it('has one timeline from segment to segment', async () => {
  const path = await madeFilm('long.wav', tone(4))
  await using made = await make({ path, rate: RATE, frames: 100 })
  const { packets = [] } = await probed(made.path, 'packet=pts')
  const first = Number(packets[0]?.pts)
  expect(packets.map((packet) => Number(packet.pts) - first)).toEqual(packets.map((_, i) => i * 1024))
})
