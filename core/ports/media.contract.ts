import { expect } from 'vitest'
import { contract, type Gap, type Open } from '../run/contract.ts'
import type { AudioTask, Media, OutputFile, StillsTask, VideoTask, Watch } from './media.ts'
import { MediaFailed } from './media.ts'

export interface OpenedMedia {
  readonly media: Media
  /** A short film with sound, cut into three chunks of two segments, and its sound. */
  readonly film: {
    readonly source: string
    readonly chunks: readonly VideoTask[]
    readonly audio: AudioTask
    readonly stills: StillsTask
  }
  /** A file in which nothing can be decoded. */
  readonly broken: string
  /** What is left in the folder where tasks work. */
  readonly leftovers: () => Promise<readonly string[]>
}

/** Every promise of the Media port. */
export function mediaContract(title: string, open: Open<OpenedMedia>, gaps: readonly Gap[] = []): void {
  contract(title, open, gaps, (rule) => {
    rule('reports what a film is', async ({ media, film }) => {
      expect(await media.probe(film.source, watching())).toHaveProperty('report.video.frameRate')
    })
    rule('answers a film that it cannot process with a refusal', async ({ media, broken }) => {
      expect(await media.probe(broken, watching())).toHaveProperty('refused.reason')
    })
    rule('gives an init segment and the planned segments of every rung', async ({ media, film }) => {
      const names = await namesGiven((keep) => media.video(second(film), keep, watching()))
      const { grid, firstFrame, rungs } = second(film)
      const first = firstFrame / grid.segmentFrames + 1
      const due = rungs.flatMap(({ name }) => [
        `${name}/init.mp4`,
        `${name}/${first}.m4s`,
        `${name}/${first + 1}.m4s`,
      ])
      expect(names.toSorted()).toEqual(due.toSorted())
    })
    rule('gives files of the size that it tells', async ({ media, film }) => {
      const sizes: (readonly [told: number, read: number])[] = []
      const measure = async (file: OutputFile) => {
        const chunks = await Array.fromAsync(file.read())
        sizes.push([file.sizeBytes, chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0)])
      }
      await media.video(second(film), measure, watching())
      expect(sizes.map(([told]) => told)).toEqual(sizes.map(([, read]) => read))
    })
    rule('encodes exactly the planned frames of each chunk', async ({ media, film }) => {
      for (const task of film.chunks) {
        const { tracks } = await media.video(task, ignore, watching())
        expect(tracks.map((track) => [track.name, track.samples])).toEqual(
          task.rungs.map(({ name }) => [name, task.frames]),
        )
      }
    })
    rule('lays chunks end to end on one timeline', async ({ media, film }) => {
      let end = 0
      for (const task of film.chunks) {
        const track = (await media.video(task, ignore, watching())).tracks[0]
        expect(track?.startTicks).toBe(end)
        end += track?.segments.reduce((sum, segment) => sum + segment.durationTicks, 0) ?? 0
      }
    })
    rule('gives all chunks of a rung the same init segment', async ({ media, film }) => {
      const hashes = new Set<string | undefined>()
      for (const task of film.chunks)
        hashes.add((await media.video(task, ignore, watching())).tracks[0]?.initSha256)
      expect(hashes.size).toBe(1)
    })
    rule('gives a whole audio track under its name', async ({ media, film }) => {
      const names = await namesGiven((keep) => media.audio(film.audio, keep, watching()))
      const track = await media.audio(film.audio, ignore, watching())
      expect(names).toEqual(
        ['init.mp4', ...track.segments.map(({ number }) => `${number}.m4s`)].map(
          (n) => `${film.audio.name}/${n}`,
        ),
      )
    })
    rule('encodes at least the planned length of sound', async ({ media, film }) => {
      const track = await media.audio(film.audio, ignore, watching())
      expect(track.samples / (track.sampleRate ?? 1)).toBeGreaterThanOrEqual(
        film.audio.durationSeconds - 0.001,
      )
    })
    rule('gives the poster and every sheet of the storyboard', async ({ media, film }) => {
      let made: readonly string[] = []
      const names = await namesGiven(async (keep) => {
        const stills = await media.stills(film.stills, keep, watching())
        made = [stills.poster.name, ...stills.sheets]
      })
      expect(names.toSorted()).toEqual(made.toSorted())
    })
    rule('tells progress that only rises and ends at 1', async ({ media, film }) => {
      const told: number[] = []
      await media.video(second(film), ignore, { ...watching(), progress: (fraction) => told.push(fraction) })
      expect(told).toEqual([...new Set(told)].toSorted((a, b) => a - b))
      expect(told.at(-1)).toBe(1)
    })
    rule('fails with what the tool said', async ({ media, film, broken }) => {
      const failed = media.video({ ...second(film), source: broken }, ignore, watching())
      await expect(failed).rejects.toSatisfy((error) => error instanceof MediaFailed && error.tail !== '')
    })
    rule('throws the reason of an aborted signal', async ({ media, film }) => {
      const stop = new AbortController()
      const why = new Error('cancelled')
      const work = media.video(second(film), ignore, { signal: stop.signal, progress: () => stop.abort(why) })
      await expect(work).rejects.toBe(why)
    })
    rule('does not begin with a signal that is aborted already', async ({ media, film }) => {
      const why = new Error('cancelled')
      const names: string[] = []
      const keep = async ({ name }: OutputFile) => void names.push(name)
      const work = media.audio(film.audio, keep, { ...watching(), signal: AbortSignal.abort(why) })
      await expect(work).rejects.toBe(why)
      expect(names).toEqual([])
    })
    rule('passes on what the sink throws', async ({ media, film }) => {
      const full = new Error('the store is full')
      await expect(media.video(second(film), () => Promise.reject(full), watching())).rejects.toBe(full)
    })
    rule('leaves nothing behind after a task', async ({ media, film, leftovers }) => {
      await media.video(second(film), ignore, watching())
      await media.audio(film.audio, ignore, watching())
      expect(await leftovers()).toEqual([])
    })
    rule('leaves nothing behind after an abort', async ({ media, film, leftovers }) => {
      const stop = new AbortController()
      const work = media.video(second(film), ignore, { signal: stop.signal, progress: () => stop.abort() })
      await expect(work).rejects.toThrow()
      expect(await leftovers()).toEqual([])
    })
    rule('leaves nothing behind after a failure', async ({ media, film, broken, leftovers }) => {
      await expect(media.video({ ...second(film), source: broken }, ignore, watching())).rejects.toThrow()
      expect(await leftovers()).toEqual([])
    })
  })
}

const watching = (): Watch => ({ signal: new AbortController().signal, progress: () => undefined })
const ignore = async () => undefined

function second({ chunks }: OpenedMedia['film']): VideoTask {
  const task = chunks[1]
  if (!task) throw new Error('the film has no second chunk')
  return task
}

async function namesGiven(
  work: (keep: (file: OutputFile) => Promise<void>) => Promise<unknown>,
): Promise<string[]> {
  const names: string[] = []
  await work(async ({ name }) => void names.push(name))
  return names
}
