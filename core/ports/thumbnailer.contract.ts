import { expect } from 'vitest'
import { contract, type Gap, type Open } from '../run/contract.ts'
import type { OutputFile } from './media.ts'
import type { RangedFilm, Thumbnailer, ThumbnailLimits } from './thumbnailer.ts'

export interface OpenedThumbnailer {
  readonly thumbnailer: Thumbnailer
  /** Some seconds, some frames of which are no key frames. */
  readonly clip: RangedFilm
  /** 1080p. */
  readonly large: RangedFilm
  /** Sound without a picture. */
  readonly sound: RangedFilm
  /** Bytes that are no film. */
  readonly junk: RangedFilm
  /** Names of what is left in the folder where it works. */
  readonly leftovers: () => Promise<readonly string[]>
}

const LIMITS: ThumbnailLimits = {
  durationSeconds: 600,
  pixels: 1920 * 1088,
  wallSeconds: 300,
  fetchBytes: 64 * 1024 ** 2,
  heapBytes: 192 * 1024 ** 2,
}

/** Every promise of the Thumbnailer port. */
export function thumbnailerContract(
  title: string,
  open: Open<OpenedThumbnailer>,
  gaps: readonly Gap[] = [],
): void {
  contract(title, open, gaps, (rule) => {
    rule('gives the sink the poster and the sheet that it tells of', async ({ thumbnailer, clip }) => {
      const names: string[] = []
      const outcome = await thumbnailer.make(clip, async ({ name }) => void names.push(name), within())
      if (outcome.is !== 'made') throw new Error(JSON.stringify(outcome))
      expect(names).toEqual([outcome.stills.poster.name, ...outcome.stills.sheets])
    })
    rule('gives one sheet', async ({ thumbnailer, clip }) => {
      expect(await thumbnailer.make(clip, ignore, within())).toHaveProperty('stills.sheets.length', 1)
    })
    rule('gives pictures in JPEG of the size that it tells', async ({ thumbnailer, clip }) => {
      const found: [type: string, mark: string, whole: boolean][] = []
      const look = async (file: OutputFile) => {
        const bytes = Buffer.concat(await Array.fromAsync(file.read()))
        found.push([file.contentType, bytes.subarray(0, 2).toString('hex'), bytes.length === file.sizeBytes])
      }
      await thumbnailer.make(clip, look, within())
      const picture = ['image/jpeg', 'ffd8', true]
      expect(found).toEqual([picture, picture])
    })
    rule('asks for no bytes that the film does not have', async ({ thumbnailer, clip }) => {
      const outside: number[] = []
      const read = (start: number, end: number) => {
        if (start < 0 || end < start || end >= clip.sizeBytes) outside.push(start, end)
        return clip.read(start, end)
      }
      await thumbnailer.make({ ...clip, read }, ignore, within())
      expect(outside).toEqual([])
    })
    rule('tells what it cost', async ({ thumbnailer, clip }) => {
      const outcome = await thumbnailer.make(clip, ignore, within())
      const some = expect.toSatisfy((bytes) => bytes > 0)
      expect(outcome).toMatchObject({ cost: { fetchedBytes: some, heapBytes: some } })
    })
    rule('finds nothing to show in sound', async ({ thumbnailer, sound }) => {
      expect((await thumbnailer.make(sound, ignore, within())).is).toBe('nothing')
    })
    rule('finds nothing to show in what is no film', async ({ thumbnailer, junk }) => {
      expect((await thumbnailer.make(junk, ignore, within())).is).toBe('nothing')
    })
    for (const [reason, limits] of BEYOND)
      rule(`leaves a film that is ${reason} to others`, async ({ thumbnailer, clip }) => {
        expect(await thumbnailer.make(clip, ignore, within(limits))).toMatchObject({ is: 'beyond', reason })
      })
    rule('leaves a film that needs more memory to others', async ({ thumbnailer, large }) => {
      const outcome = await thumbnailer.make(large, ignore, within({ heapBytes: 48 * 1024 ** 2 }))
      expect(outcome).toMatchObject({ is: 'beyond', reason: 'out-of-memory' })
    })
    rule('leaves a film that does not come in time to others', async ({ thumbnailer, clip }) => {
      const film = { ...clip, read: () => new Promise<Uint8Array>(() => undefined) }
      const outcome = await thumbnailer.make(film, ignore, within({ wallSeconds: 0.5 }))
      expect(outcome).toMatchObject({ is: 'beyond', reason: 'out-of-time' })
    })
    rule('makes the pictures of the next film after one was beyond it', async ({ thumbnailer, clip }) => {
      await thumbnailer.make(clip, ignore, within({ fetchBytes: 1000 }))
      expect((await thumbnailer.make(clip, ignore, within())).is).toBe('made')
    })
    rule('makes the pictures of two films that come at once', async ({ thumbnailer, clip }) => {
      const both = [clip, clip].map((film) => thumbnailer.make(film, ignore, within()))
      expect((await Promise.all(both)).map((outcome) => outcome.is)).toEqual(['made', 'made'])
    })
    rule('does not keep a film waiting that nobody wants any more', async ({ thumbnailer, clip }) => {
      const [first, stop, why] = [new AbortController(), new AbortController(), new Error('enough')]
      const stuck = { ...clip, read: () => new Promise<Uint8Array>(() => undefined) }
      const before = thumbnailer.make(stuck, ignore, { ...within(), signal: first.signal })
      const waiting = thumbnailer.make(clip, ignore, { ...within(), signal: stop.signal })
      stop.abort(why)
      await expect(waiting).rejects.toBe(why)
      first.abort(why)
      await expect(before).rejects.toBe(why)
    })
    rule('throws the reason of a signal that aborts while it reads', async ({ thumbnailer, clip }) => {
      const [stop, why] = [new AbortController(), new Error('the function ends')]
      const read = (start: number, end: number) => {
        stop.abort(why)
        return clip.read(start, end)
      }
      const work = thumbnailer.make({ ...clip, read }, ignore, { ...within(), signal: stop.signal })
      await expect(work).rejects.toBe(why)
    })
    rule('does not begin with a signal that is aborted already', async ({ thumbnailer, clip }) => {
      const why = new Error('the function ends')
      const read = () => Promise.reject(new Error('it was read'))
      const work = thumbnailer.make({ ...clip, read }, ignore, {
        ...within(),
        signal: AbortSignal.abort(why),
      })
      await expect(work).rejects.toBe(why)
    })
    rule('throws what reading the film throws', async ({ thumbnailer, clip }) => {
      const away = new Error('the store is away')
      const work = thumbnailer.make({ ...clip, read: () => Promise.reject(away) }, ignore, within())
      await expect(work).rejects.toBe(away)
    })
    rule('passes on what the sink throws', async ({ thumbnailer, clip }) => {
      const full = new Error('the store is full')
      await expect(thumbnailer.make(clip, () => Promise.reject(full), within())).rejects.toBe(full)
    })
    rule('leaves nothing behind, however it ends', async ({ thumbnailer, clip, junk, leftovers }) => {
      await thumbnailer.make(clip, ignore, within())
      await thumbnailer.make(junk, ignore, within())
      await thumbnailer.make(clip, ignore, within({ fetchBytes: 1000 }))
      expect(await leftovers()).toEqual([])
    })
  })
}

const BEYOND = [
  ['too-long', { durationSeconds: 1 }],
  ['too-many-pixels', { pixels: 100 }],
  ['too-many-bytes', { fetchBytes: 1000 }],
  ['out-of-time', { wallSeconds: 0 }],
] as const satisfies readonly (readonly [string, Partial<ThumbnailLimits>])[]

const ignore = async () => undefined
const within = (limits: Partial<ThumbnailLimits> = {}) => ({
  limits: { ...LIMITS, ...limits },
  signal: new AbortController().signal,
})
