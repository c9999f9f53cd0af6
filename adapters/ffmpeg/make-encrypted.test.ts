import { beforeAll, describe, expect, it } from 'vitest'
import type { VideoTask } from '../../core/ports/media.ts'
import type { Scheme } from '../../core/protection/model.ts'
import { sampleIvs } from '../shaka/testing/sample-ivs.ts'
import { madeFilm } from './testing/films.ts'
import { encrypted, KEY } from './testing/keys.ts'
import { type Made, make } from './testing/made.ts'
import { decodedWith, joined, type Stored } from './testing/protected.ts'
import { Shelf, tasksOf } from './testing/tasks.ts'

/** Chunks of 40, 40 and 1 frames, two segments of two fragments in each but the last. */
async function chunks(scheme?: Scheme): Promise<VideoTask[]> {
  const pictures = ['-f', 'lavfi', '-i', 'testsrc2=s=256x144:r=25:d=3.24', '-c:v', 'libx264']
  const path = await madeFilm('three-chunks.mp4', [...pictures, '-preset', 'veryfast'])
  const film = { path, rate: { num: 25, den: 1 }, frames: 81 }
  const tasks = tasksOf(film, { gopFrames: 10, gops: 4 })
  return scheme ? tasks.map((task) => ({ ...task, encryption: encrypted(scheme) })) : tasks
}

const asOne = ({ outputs, shelf }: Made): Stored => ({
  shelf,
  output: joined(outputs.flatMap(({ tracks }) => tracks)),
})

let due: readonly string[]
beforeAll(async () => {
  await using clear = await make(await chunks())
  due = await decodedWith(undefined, asOne(clear))
})

describe.each(['cenc', 'cbcs'] as const)('%s', (scheme) => {
  let made: Made
  beforeAll(async () => {
    made = await make(await chunks(scheme))
    return () => made[Symbol.asyncDispose]()
  })

  it('decrypts to the pictures that a clear film has, chunk after chunk', async () => {
    expect(due).toHaveLength(81)
    expect(await decodedWith(KEY, asOne(made))).toEqual(due)
  })

  it('has one init segment for all chunks, also for one of a single frame', () => {
    const hashes = made.outputs.map(({ tracks }) => tracks[0]?.initSha256)
    expect(hashes).toEqual([hashes[0], hashes[0], hashes[0]])
  })

  it('keeps the codec and the size of the clear track', () => {
    expect(asOne(made).output).toMatchObject({ codecs: 'avc1.64000D', width: 256, height: 144 })
  })

  it('points I-frame playlists to bytes that decrypt to one picture each', async () => {
    const segment = made.outputs[1]?.tracks[0]?.segments[0]
    const bytes = made.shelf.file('144p/3.m4s')
    expect(segment?.keyframes).toHaveLength(2)
    for (const { offset, sizeBytes } of segment?.keyframes ?? []) {
      const shelf = new Shelf()
      shelf.files.set('144p/init.mp4', made.shelf.file('144p/init.mp4'))
      shelf.files.set('144p/3.m4s', bytes.subarray(offset, offset + sizeBytes))
      expect(await decodedWith(KEY, { ...asOne(made), shelf })).toHaveLength(1)
    }
  })
})

it('counts on with cenc: no IV is used for two samples, nor in two chunks', async () => {
  await using made = await make((await chunks('cenc')).slice(0, 2))
  const ivs = [1, 2, 3, 4].flatMap((number) => sampleIvs(made.shelf.file(`144p/${number}.m4s`)))
  expect(ivs).toHaveLength(80)
  expect(new Set(ivs).size).toBe(80)
})

it('begins at another IV when the same chunk is encrypted again with cenc', async () => {
  const tasks = (await chunks('cenc')).slice(0, 1)
  await using first = await make(tasks)
  await using again = await make(tasks)
  const ivs = [first, again].flatMap(({ shelf }) => sampleIvs(shelf.file('144p/1.m4s')))
  expect(new Set(ivs).size).toBe(40)
})
