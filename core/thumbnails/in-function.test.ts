import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { madeFilm } from '../../adapters/ffmpeg/testing/films.ts'
import * as films from '../../adapters/ffmpeg/testing/recipes.ts'
import { openThumbnailer } from '../../adapters/ffmpeg/thumbnailer.ts'
import { wasmWorkerFiles } from '../../adapters/ffmpeg/wasm-worker-files.ts'
import { type AcceptedFilm, openAcceptedFilm } from '../../adapters/local/testing/accepted-film.ts'
import { testContext } from '../../adapters/local/testing/column.ts'
import { thumbnails } from '../database/schema.ts'
import type { Ports } from '../ports/ports.ts'
import { StorageFailed } from '../ports/storage.ts'
import { failFilm } from '../transcode/fail.ts'
import { deleteVideo } from '../video/delete-video.ts'
import { picturesJobId } from './hand-over.ts'
import { makePictures } from './in-function.ts'

const eventOf = ({ work }: AcceptedFilm) => ({
  ...({ id: 'evt_1', type: 'video.uploaded', source: 'skyreel', time: '2026-01-01T00:00:00.000Z' } as const),
  ...{ data: work, attempt: 1 },
})
const run = (at: AcceptedFilm, ports: Partial<Ports> = {}, ctx = at.ctx) =>
  makePictures(eventOf(at), { ...at.ports, ...ports }, ctx)

/** Something that happens to the film when its pictures are made and not yet shown. */
const meanwhile = (at: AcceptedFilm, happens: () => Promise<unknown>): Partial<Ports> => ({
  thumbnailer: {
    make: async (...asked) => {
      const outcome = await at.ports.thumbnailer.make(...asked)
      await happens()
      return outcome
    },
  },
})

/** Eleven minutes, one picture a second. */
const longFilm = () =>
  madeFilm('eleven.mp4', ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=1:d=660', '-pix_fmt', 'yuv420p'])
const jobState = (at: AcceptedFilm) => at.ports.jobs.state(picturesJobId(at.work))

describe('the pictures of a clip', () => {
  it('are shown as soon as they are made', async () => {
    await using at = await openAcceptedFilm(await films.plainFilm())
    await run(at)
    const { folder } = folderIn(await at.shown())
    expect(await at.shown()).toEqual([`${folder}poster.jpg`, `${folder}storyboard.vtt`])
    expect((await at.video())?.poster).toBe(`${folder}poster.jpg`)
  })
  it('are objects beside the storyboard that names them', async () => {
    await using at = await openAcceptedFilm(await films.plainFilm())
    await run(at)
    const { folder } = folderIn(await at.shown())
    expect(await at.objects()).toEqual(
      ['poster.jpg', 'storyboard-0.jpg', 'storyboard.vtt'].map((name) => folder + name),
    )
  })
  it('are made of ranges of the object', async () => {
    await using at = await openAcceptedFilm(await films.silentFilm('640x360', 25, 60))
    const whole: unknown[] = []
    const get: Ports['storage']['get'] = (bucket, key, range) => {
      if (!range) whole.push(key)
      return at.ports.storage.get(bucket, key, range)
    }
    await run(at, { storage: { ...at.ports.storage, get } })
    expect([whole, (await at.shown()).length]).toEqual([[], 2])
  })
  it('stay as they are when the event comes again', async () => {
    await using at = await openAcceptedFilm(await films.plainFilm())
    await run(at)
    const before = await at.objects()
    await run(at)
    expect(await at.objects()).toEqual(before)
  })
  it('are shown once when two runs make them at once', async () => {
    await using at = await openAcceptedFilm(await films.plainFilm())
    await Promise.all([run(at), run(at)])
    const { folder } = folderIn(await at.shown())
    expect((await at.objects()).filter((name) => !name.startsWith(folder))).toEqual([])
  })
  it('are none for sound, and no job is asked', async () => {
    await using at = await openAcceptedFilm(await films.audioOnlyFilm())
    await run(at)
    expect([await at.objects(), await jobState(at)]).toEqual([[], 'unknown'])
  })
})

/** The folder of the run that made what is shown. */
function folderIn(shown: readonly string[]) {
  const folder = /^early\/[\w-]{12}\//.exec(shown[0] ?? '')?.[0]
  if (folder === undefined) throw new Error(`no early pictures: ${shown.join(' ')}`)
  return { folder }
}

describe('pictures that come late', () => {
  it('never replace those of the transcode', async () => {
    await using at = await openAcceptedFilm(await films.plainFilm())
    const transcoded = async () => {
      await at.ports.db.insert(thumbnails).values({ ...at.work, kind: 'poster', name: 'poster.jpg' })
    }
    await run(at, meanwhile(at, transcoded))
    expect([await at.shown(), await at.objects()]).toEqual([['poster.jpg'], []])
  })
  it('are not kept of a video that was deleted', async () => {
    await using at = await openAcceptedFilm(await films.plainFilm())
    await run(
      at,
      meanwhile(at, () => deleteVideo(at.ports, at.ctx, at.work.videoId)),
    )
    expect([await at.shown(), await at.objects()]).toEqual([[], []])
  })
  it('are not kept of a film that failed', async () => {
    await using at = await openAcceptedFilm(await films.plainFilm())
    const fail = () => failFilm(at.ports, at.ctx, at.work, { reason: 'malformed' })
    await run(at, meanwhile(at, fail))
    expect([await at.shown(), await at.objects()]).toEqual([[], []])
  })
  it('are not made of an older generation', async () => {
    await using at = await openAcceptedFilm(await films.plainFilm())
    await makePictures({ ...eventOf(at), data: { ...at.work, generation: 2 } }, at.ports, at.ctx)
    expect(await at.objects()).toEqual([])
  })
})

describe('a film that goes', () => {
  it('while it is read ends the work well', async () => {
    await using at = await openAcceptedFilm(await films.plainFilm())
    const get: Ports['storage']['get'] = async (bucket, key, range) => {
      await at.ports.storage.remove('uploads', at.sourceKey)
      return at.ports.storage.get(bucket, key, range)
    }
    const verdict = await run(at, { storage: { ...at.ports.storage, get } })
    expect([verdict.is, await at.objects()]).toEqual(['done', []])
  })
  it('takes its early pictures along where it fails', async () => {
    await using at = await openAcceptedFilm(await films.plainFilm())
    await run(at)
    await failFilm(at.ports, at.ctx, at.work, { reason: 'truncated' })
    expect([await at.shown(), (await at.video())?.poster]).toEqual([[], null])
  })
})

describe('what is too much for the function', () => {
  it.each([
    ['a film of eleven minutes', longFilm, 'too-long'],
    ['a film of 1440p', () => films.silentFilm('2560x1440', 5, 1), 'too-many-pixels'],
  ])('is handed to a job: %s', async (_, film, reason) => {
    await using at = await openAcceptedFilm(await film())
    await run(at)
    expect([await at.shown(), await jobState(at)]).toEqual([[], 'running'])
    expect(at.log.lines).toContainEqual(
      expect.objectContaining({ fields: expect.objectContaining({ reason }) }),
    )
  })
  it('is handed to a job where its decoder crashes', async () => {
    await using at = await openAcceptedFilm(await films.plainFilm())
    const worker = new URL('../../adapters/ffmpeg/testing/dying-worker.ts', import.meta.url)
    const files = { ...wasmWorkerFiles(), worker }
    await run(at, { thumbnailer: openThumbnailer({ scratchFolder: at.home, files }) })
    expect(await jobState(at)).toBe('running')
  })
  it('is handed to a job unread where it is larger than two gigabytes', async () => {
    await using at = await openAcceptedFilm(await films.plainFilm())
    await grow(at, 3_000_000_000)
    const get = () => Promise.reject(new Error('it was read'))
    await run(at, { storage: { ...at.ports.storage, get } })
    expect(await jobState(at)).toBe('running')
  })
  it('leaves no picture of its own behind', async () => {
    await using at = await openAcceptedFilm(await films.plainFilm())
    const half: Partial<Ports> = {
      thumbnailer: {
        make: async (film, sink, asked) => {
          await at.ports.thumbnailer.make(film, sink, asked)
          return { is: 'beyond', reason: 'out-of-time', detail: 'behind its last picture' }
        },
      },
    }
    await run(at, half)
    expect(await at.objects()).toEqual([])
  })
})

/** Makes the store believe that the film is larger than it is. */
async function grow(at: AcceptedFilm, sizeBytes: number): Promise<void> {
  const folder = join(at.home, 'objects')
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.json'))
  for (const name of names) {
    const object = JSON.parse(await readFile(join(folder, name), 'utf8'))
    if (object.key === at.sourceKey)
      await writeFile(join(folder, name), JSON.stringify({ ...object, sizeBytes }))
  }
}

describe('the work', () => {
  it('is tried again where the store fails, and leaves nothing', async () => {
    await using at = await openAcceptedFilm(await films.plainFilm())
    const get = () => Promise.reject(new StorageFailed('the store is away'))
    await expect(run(at, { storage: { ...at.ports.storage, get } })).rejects.toThrow('the store is away')
    expect(await at.objects()).toEqual([])
  })
  it('ends with its function', async () => {
    await using at = await openAcceptedFilm(await films.plainFilm())
    const ending = testContext(at.log, AbortSignal.abort(new Error('the function ends')))
    await expect(run(at, {}, ending)).rejects.toThrow('the function ends')
  })
})
