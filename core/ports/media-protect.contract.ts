import { expect } from 'vitest'
import type { Scheme } from '../protection/model.ts'
import { contract, type Gap, type Open } from '../run/contract.ts'
import type { OpenedMedia } from './media.contract.ts'
import {
  type Encryption,
  MediaFailed,
  type OutputFile,
  type ProtectTask,
  type TrackKey,
  type TrackOutput,
  type VideoTask,
  type Watch,
} from './media.ts'

/** What the Media port promises of encryption, of tracks that it encodes and of those that are packaged already. */
export function mediaProtectContract(
  title: string,
  open: Open<OpenedMedia>,
  gaps: readonly Gap[] = [],
): void {
  // Encoded once: with the WebAssembly build it would be most of what the rules take.
  let kept: Promise<Made> | undefined
  const made = (at: OpenedMedia) => {
    kept ??= makeClear(at)
    return kept
  }
  contract(`${title}: protection`, open, gaps, (rule) => {
    rule('encrypts each rung with the key of its label and says so', async ({ media, film }) => {
      const task = { ...pictures(film, 1), encryption: encryption('cbcs') }
      const { tracks } = await media.video(task, ignore, watching())
      expect(tracks.map((track) => track.protection)).toEqual(
        task.rungs.map(() => ({ scheme: 'cbcs', keyId: KEY.keyId, pssh: SYSTEMS })),
      )
    })
    rule('encrypts sound with the key of sound and says so', async ({ media, film }) => {
      const task = { ...film.audio, encryption: encryption('cenc') }
      const track = await media.audio(task, ignore, watching())
      expect(track.protection).toEqual({ scheme: 'cenc', keyId: OTHER_KEY.keyId, pssh: SYSTEMS })
    })
    rule('says nothing of protection where a track is clear', async ({ media, film }) => {
      expect(await media.audio(film.audio, ignore, watching())).not.toHaveProperty('protection')
    })
    rule('gives all chunks of an encrypted rung the same init segment', async ({ media, film }) => {
      const hashes: (string | undefined)[] = []
      for (const index of [0, 1]) {
        const task = { ...pictures(film, index), encryption: encryption('cbcs') }
        hashes.push((await media.video(task, ignore, watching())).tracks[0]?.initSha256)
      }
      expect(hashes[1]).toBe(hashes[0])
    })
    rule('makes nothing where the key of a track is missing', async ({ media, film }) => {
      const { names, keep } = collect()
      const task = { ...pictures(film, 1), encryption: { scheme: 'cbcs', keys: { HD: KEY } } as const }
      await expect(media.video(task, keep, watching())).rejects.toThrow(RangeError)
      expect(names()).toEqual([])
    })
    rule('protects what is packaged, segment for segment', async (at) => {
      const clear = await made(at)
      const { names, keep } = collect()
      const track = await at.media.protect({ ...again(clear), to: TO_CBCS }, keep, watching())
      const { name, segments } = clear.track
      expect(names()).toEqual([`${name}/init.mp4`, ...segments.map((s) => `${name}/${s.number}.m4s`)])
      expect(shape(track)).toEqual(shape(clear.track))
    })
    rule('says how a track is protected anew', async (at) => {
      const track = await at.media.protect({ ...again(await made(at)), to: TO_CBCS }, ignore, watching())
      expect(track.protection).toEqual({ scheme: 'cbcs', keyId: KEY.keyId, pssh: SYSTEMS })
    })
    rule('gives back the clear segments to the byte when it takes the protection off', async (at) => {
      const clear = await made(at)
      const closed = await protectedAgain(at, clear, { to: TO_CBCS })
      const changed = await protectedAgain(at, closed, { from: KEY, to: TO_CENC })
      const opened = await protectedAgain(at, changed, { from: OTHER_KEY })
      expect([...opened.files]).toEqual([...clear.files])
    })
    rule('refuses to open segments with the key of others', async (at) => {
      const closed = await protectedAgain(at, await made(at), { to: TO_CBCS })
      const task = { ...again(closed), from: OTHER_KEY }
      await expect(at.media.protect(task, ignore, watching())).rejects.toThrow(MediaFailed)
    })
    rule('refuses to take encrypted segments for clear ones', async (at) => {
      const closed = await protectedAgain(at, await made(at), { to: TO_CBCS })
      const task = { ...again(closed), to: TO_CENC }
      await expect(at.media.protect(task, ignore, watching())).rejects.toThrow(MediaFailed)
    })
    rule('gives nothing where the segments would be cut elsewhere', async (at) => {
      const clear = await made(at)
      const { names, keep } = collect()
      const task = { ...again(clear), segmentSeconds: 100, to: TO_CBCS }
      await expect(at.media.protect(task, keep, watching())).rejects.toThrow(MediaFailed)
      expect(names()).toEqual([])
    })
    rule('does not begin to protect with a signal that is aborted already', async (at) => {
      const why = new Error('cancelled')
      const task = { ...again(await made(at)), to: TO_CBCS }
      const work = at.media.protect(task, ignore, { ...watching(), signal: AbortSignal.abort(why) })
      await expect(work).rejects.toBe(why)
    })
    rule('passes on what the sink of protected segments throws', async (at) => {
      const full = new Error('the store is full')
      const task = { ...again(await made(at)), to: TO_CBCS }
      await expect(at.media.protect(task, () => Promise.reject(full), watching())).rejects.toBe(full)
    })
    rule('leaves nothing behind after it protected, or failed to', async (at) => {
      const clear = await made(at)
      await at.media.protect({ ...again(clear), to: TO_CBCS }, ignore, watching())
      const failing = { ...again(clear), segmentSeconds: 100, to: TO_CBCS }
      await expect(at.media.protect(failing, ignore, watching())).rejects.toThrow()
      expect(await at.leftovers()).toEqual([])
    })
  })
}

const bytes16 = (first: number) => Uint8Array.from({ length: 16 }, (_, i) => first + i)
const KEY: TrackKey = { keyId: '00112233445566778899aabbccddeeff', key: bytes16(0x10), iv: bytes16(0x30) }
const OTHER_KEY: TrackKey = {
  keyId: 'ffeeddccbbaa99887766554433221100',
  key: bytes16(0x50),
  iv: bytes16(0x70),
}
const TO_CBCS = { scheme: 'cbcs', key: KEY } as const
const TO_CENC = { scheme: 'cenc', key: OTHER_KEY } as const
const SYSTEMS = {
  '1077efec-c0b2-4d02-ace3-3c1e52e2fb4b': expect.any(String),
  'edef8ba9-79d6-4ace-a3c8-27dcd51d21ed': expect.any(String),
  '9a04f079-9840-4286-ab92-e65be0885f95': expect.any(String),
}

const encryption = (scheme: Scheme): Encryption => ({ scheme, keys: { SD: KEY, AUDIO: OTHER_KEY } })
const watching = (): Watch => ({ signal: new AbortController().signal, progress: () => undefined })
const ignore = async () => undefined

function pictures({ chunks }: OpenedMedia['film'], index: number): VideoTask {
  const task = chunks[index]
  if (!task) throw new Error(`the film has no chunk ${index}`)
  return { ...task, rungs: task.rungs.slice(0, 1) }
}

interface Made {
  readonly task: VideoTask
  readonly track: TrackOutput
  readonly files: ReadonlyMap<string, Uint8Array>
}

function collect() {
  const files = new Map<string, Uint8Array>()
  const keep = async (file: OutputFile) => {
    files.set(
      file.name,
      new Uint8Array(await new Blob(await Array.fromAsync(file.read(), part)).arrayBuffer()),
    )
  }
  return { files, keep, names: () => [...files.keys()] }
}
const part = (bytes: Uint8Array) => new Uint8Array(bytes)

/** The second chunk of the film's lowest rung, clear. */
async function makeClear({ media, film }: OpenedMedia): Promise<Made> {
  const { files, keep } = collect()
  const task = pictures(film, 1)
  const [track] = (await media.video(task, keep, watching())).tracks
  if (!track) throw new Error('no track was made')
  return { task, track, files }
}

async function protectedAgain(
  { media }: OpenedMedia,
  from: Made,
  wish: Pick<ProtectTask, 'from' | 'to'>,
): Promise<Made> {
  const { files, keep } = collect()
  const track = await media.protect({ ...again(from), ...wish }, keep, watching())
  return { ...from, track, files }
}

function again({ task: { grid, firstFrame }, track, files }: Made): ProtectTask {
  const file = (name: string) => files.get(`${track.name}/${name}`) ?? new Uint8Array()
  const seconds = (frames: number) => (frames * grid.frameRate.den) / grid.frameRate.num
  return {
    name: track.name,
    stream: 'video',
    init: file('init.mp4'),
    segments: track.segments.map(({ number }) => ({
      number,
      read: async function* () {
        yield file(`${number}.m4s`)
      },
    })),
    startTicks: track.startTicks,
    firstFragment: firstFrame / grid.gopFrames + 1,
    segmentSeconds: seconds(grid.segmentFrames),
    fragmentSeconds: seconds(grid.gopFrames),
  }
}

const shape = ({ name, timescale, startTicks, samples, segments }: TrackOutput) => ({
  ...{ name, timescale, startTicks, samples },
  segments: segments.map(({ number, durationTicks, keyframes }) => [number, durationTicks, keyframes.length]),
})
