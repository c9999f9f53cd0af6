import { describe, expect, it } from 'vitest'
import { findEngine } from '../../adapters/ffmpeg/engine.ts'
import { openMedia } from '../../adapters/ffmpeg/media.ts'
import { ownScratchFolder } from '../../adapters/ffmpeg/scratch.ts'
import { madeFilm } from '../../adapters/ffmpeg/testing/films.ts'
import * as films from '../../adapters/ffmpeg/testing/recipes.ts'
import { openAcceptedFilm } from '../../adapters/local/testing/accepted-film.ts'
import { thumbnails } from '../database/schema.ts'
import { makePicturesInJob } from './in-job.ts'

const media = openMedia({
  engine: await findEngine(),
  scratchFolder: ownScratchFolder('skyreel-thumbnails-job'),
})
const open = async (film: Promise<string>) => openAcceptedFilm(await film, { media })
const longFilm = () =>
  madeFilm('eleven.mp4', ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=1:d=660', '-pix_fmt', 'yuv420p'])

describe('the job for what is too much for the function', () => {
  it('shows the pictures of a long film', async () => {
    await using at = await open(longFilm())
    await makePicturesInJob(at.work, at.ports, at.ctx)
    const names = (await at.shown()).map((name) => name.split('/').at(-1))
    expect(names).toEqual(['poster.jpg', 'storyboard.vtt'])
  })
  it('makes one sheet over the whole of it', async () => {
    await using at = await open(longFilm())
    await makePicturesInJob(at.work, at.ports, at.ctx)
    expect((await at.objects()).filter((name) => name.includes('storyboard-'))).toHaveLength(1)
  })
  it('shows key frames of a large film', async () => {
    await using at = await open(films.silentFilm('1280x720', 25, 12))
    await makePicturesInJob(at.work, at.ports, at.ctx)
    expect((await at.shown()).length).toBe(2)
  })
  it('finds nothing to do where the transcode was faster', async () => {
    await using at = await open(films.plainFilm())
    await at.ports.db.insert(thumbnails).values({ ...at.work, kind: 'poster', name: 'poster.jpg' })
    await makePicturesInJob(at.work, at.ports, at.ctx)
    expect([await at.shown(), await at.objects()]).toEqual([['poster.jpg'], []])
  })
  it('leaves it to the transcode to refuse a film', async () => {
    await using at = await open(films.moovMissingFilm())
    await makePicturesInJob(at.work, at.ports, at.ctx)
    expect([(await at.video())?.status, await at.objects()]).toEqual(['processing', []])
  })
  it('leaves nothing where it is stopped', async () => {
    await using at = await open(films.plainFilm())
    const stop = new AbortController()
    const put: typeof at.ports.storage.put = async (...asked) => {
      stop.abort(new Error('asked to stop'))
      return at.ports.storage.put(...asked)
    }
    const ports = { ...at.ports, storage: { ...at.ports.storage, put } }
    const work = makePicturesInJob(at.work, ports, { ...at.ctx, signal: stop.signal })
    await expect(work).rejects.toThrow('asked to stop')
    expect(await at.objects()).toEqual([])
  })
})
