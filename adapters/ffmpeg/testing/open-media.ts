import { readdir } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import type { OpenedMedia } from '../../../core/ports/media.contract.ts'
import type { Engine } from '../engine.ts'
import { openMedia } from '../media.ts'
import { madeFilm } from './films.ts'
import { fileOf } from './recipes.ts'
import { audioTask, openFolder, reportOf, rung, sound, tasksOf } from './tasks.ts'

/** 160x120, two seconds with sound: small enough for the WebAssembly build. */
const tinyFilm = () =>
  madeFilm('tiny.mp4', [
    ...[
      '-f',
      'lavfi',
      '-i',
      'testsrc2=s=160x120:r=25:d=2',
      '-f',
      'lavfi',
      '-i',
      'sine=sample_rate=48000:d=2',
    ],
    ...[
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-pix_fmt',
      'yuv420p',
      '-g',
      '12',
      '-c:a',
      'aac',
      '-ac',
      '2',
    ],
  ])

/** The media tools of an engine with a film, for the contract of the port. */
export async function openForContract(engine: Engine): Promise<OpenedMedia & AsyncDisposable> {
  const path = await tinyFilm()
  const video = { displayWidth: 160, displayHeight: 120 }
  const film = { path, rate: { num: 25, den: 1 }, frames: 50, video, audio: [sound(1)] }
  const rungs = [rung('90p', 120, 90), rung('120p', 160, 120)]
  const folder = await openFolder()
  const source = pathToFileURL(path).href
  const storyboard = { tileWidth: 80, tileHeight: 60, columns: 2, rows: 1, everySeconds: 0.5, tiles: 4 }
  return {
    media: openMedia({ engine, scratchFolder: folder.path, threads: 2 }),
    film: {
      source,
      chunks: tasksOf(film, { gopFrames: 5, gops: 4, rungs }),
      audio: audioTask(film, sound(1)),
      stills: { source, report: reportOf(film), storyboard, posterAtSeconds: 0.2 },
    },
    broken: pathToFileURL(await fileOf('broken.mp4', 'not a film')).href,
    leftovers: () => readdir(folder.path),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}
