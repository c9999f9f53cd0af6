import { beforeAll, describe, expect, it } from 'vitest'
import type { ProtectTask } from '../../core/ports/media.ts'
import { boxesIn, boxOf, viewOf } from '../shaka/boxes.ts'
import { retimeSegment } from '../shaka/retime.ts'
import { protectTrack } from './protect-track.ts'
import { opencvFilmOrSkip } from './testing/films.ts'
import { KEY, OTHER_KEY } from './testing/keys.ts'
import { make } from './testing/made.ts'
import {
  clearTracks,
  decodedWith,
  joined,
  PICTURES,
  protect,
  protectTask,
  SOUND,
  type Stored,
} from './testing/protected.ts'
import { openFolder, placed, probed, rung, Shelf, tasksOf, unwatched } from './testing/tasks.ts'

const CENC = { scheme: 'cenc', key: KEY } as const
const CBCS = { scheme: 'cbcs', key: OTHER_KEY } as const

let clear: { readonly pictures: Stored; readonly sound: Stored }
beforeAll(async () => {
  clear = await clearTracks()
}, 60_000)

/** Time, duration and size of each sample. */
async function samples({ shelf, output }: Stored): Promise<unknown[]> {
  await using folder = await openFolder()
  const path = await placed(folder.path, shelf.track(output.name))
  return (await probed(path, 'packet=pts,dts,duration,size')).packets ?? []
}

/** Each segment of a track protected by itself. */
async function inParts(stored: Stored, wish: Omit<Parameters<typeof protect>[1], 'segments'>) {
  const parts: Stored[] = []
  for (const { number } of stored.output.segments)
    parts.push(await protect(stored, { ...wish, segments: [number] }))
  const shelf = new Shelf()
  for (const part of parts) for (const [name, bytes] of part.shelf.files) shelf.files.set(name, bytes)
  return { parts, whole: { shelf, output: joined(parts.map(({ output }) => output)) } }
}

describe.each([
  ['pictures', PICTURES],
  ['sound', SOUND],
] as const)('%s', (what, lengths) => {
  let due: readonly string[]
  let cbcsParts: Awaited<ReturnType<typeof inParts>>
  beforeAll(async () => {
    due = await decodedWith(undefined, clear[what])
    cbcsParts = await inParts(clear[what], { ...lengths, to: CBCS })
  })

  it('decode as before after cenc, cbcs and back', async () => {
    const cenc = await protect(clear[what], { ...lengths, to: CENC })
    const cbcs = await protect(cenc, { ...lengths, from: KEY, to: CBCS })
    const back = await protect(cbcs, { ...lengths, from: OTHER_KEY })
    expect(await decodedWith(undefined, back)).toEqual(due)
    expect(await samples(back)).toEqual(await samples(clear[what]))
  })

  it.each([CENC, CBCS])('decode with the key under $scheme in another decryptor', async (to) => {
    const closed = await protect(clear[what], { ...lengths, to })
    expect(await decodedWith(to.key, closed)).toEqual(due)
  })

  it.each([CENC, CBCS])('do not decode as before without the key under $scheme', async (to) => {
    const closed = await protect(clear[what], { ...lengths, to })
    // Of sound nothing is left that a decoder takes.
    const noise = await decodedWith(undefined, closed).catch(() => [])
    expect(noise).not.toEqual(due)
  })

  it('have one init segment when they are protected part by part', () => {
    const { parts } = cbcsParts
    expect(parts.length).toBeGreaterThan(3)
    expect(new Set(parts.map(({ output }) => output.initSha256)).size).toBe(1)
  })

  it('have the init segment of the parts when they are protected as a whole', async () => {
    const { output } = await protect(clear[what], { ...lengths, to: CBCS })
    expect(output.initSha256).toBe(cbcsParts.whole.output.initSha256)
  })

  it('have one init segment under cenc when they are protected part by part', async () => {
    const parts = [[1, 2], [3]].map((segments) => protect(clear[what], { ...lengths, segments, to: CENC }))
    const [first, second] = await Promise.all(parts)
    expect(first?.output.initSha256).toBe(second?.output.initSha256)
  })

  it('decode as before when they were protected part by part', async () => {
    expect(await decodedWith(OTHER_KEY, cbcsParts.whole)).toEqual(due)
  })

  it('count as many samples in parts as in one', () => {
    expect(cbcsParts.whole.output.samples).toBe(clear[what].output.samples)
  })
})

it('keeps the pictures of a real film whose frames last no whole number of milliseconds', async (ctx) => {
  const path = await opencvFilmOrSkip(ctx, 'Megamind.avi')
  const film = { path, rate: { num: 24_000, den: 1001 }, frames: 50 }
  await using made = await make(tasksOf(film, { gopFrames: 10, gops: 2, rungs: [rung('144p', 192, 144)] }))
  const output = joined(made.outputs.flatMap(({ tracks }) => tracks))
  const lengths = { segmentSeconds: (20 * 1001) / 24_000, fragmentSeconds: (10 * 1001) / 24_000 }
  const { whole } = await inParts({ shelf: made.shelf, output }, { ...lengths, to: CBCS })
  expect(await decodedWith(OTHER_KEY, whole)).toEqual(await decodedWith(undefined, { ...whole, ...made }))
})

it('tells where its part lies in the film', async () => {
  const part = await protect(clear.pictures, { ...PICTURES, segments: [2, 3], to: CBCS })
  expect(part.output).toMatchObject({ startTicks: 24 * 3600, segments: [{ number: 2 }, { number: 3 }] })
})

it('names only the new key for the systems', async () => {
  const cenc = await protect(clear.sound, { ...SOUND, to: CENC })
  const cbcs = await protect(cenc, { ...SOUND, from: KEY, to: CBCS })
  const boxes = Object.values(cbcs.output.protection?.pssh ?? {}).map((box) =>
    Buffer.from(box, 'base64').toString('hex'),
  )
  expect(boxes.filter((box) => box.includes(OTHER_KEY.keyId))).toHaveLength(2)
  expect(boxes.filter((box) => box.includes(KEY.keyId))).toEqual([])
})

it('keeps a segment where it is many hours into the film', async () => {
  const hours = 10 * 3600 * 90_000 - ((10 * 3600 * 90_000) % (24 * 3600))
  const late = new Shelf()
  late.files.set('144p/init.mp4', clear.pictures.shelf.file('144p/init.mp4'))
  const place = { startTicks: hours, firstFragment: 1 }
  late.files.set('144p/1.m4s', retimeSegment(clear.pictures.shelf.file('144p/1.m4s'), place).bytes)
  const closed = await protect(
    { shelf: late, output: clear.pictures.output },
    { ...PICTURES, segments: [1], to: CBCS },
  )
  const moved = retimeSegment(closed.shelf.file('144p/1.m4s'), { startTicks: 0, firstFragment: 1 })
  expect(moved).toMatchObject({ startTicks: hours, durationTicks: 24 * 3600, fragments: 2 })
})

it('numbers movie fragments on from the number that it is given', async () => {
  const wish = { ...PICTURES, segments: [3, 4], firstFragment: 5, to: CBCS }
  const { shelf } = await protect(clear.pictures, wish)
  const numbers = ['3', '4'].flatMap((name) => {
    const bytes = shelf.file(`144p/${name}.m4s`)
    return boxesIn(bytes)
      .filter(({ type }) => type === 'moof')
      .map((moof) => viewOf(bytes).getUint32(boxOf(bytes, ['mfhd'], moof).content + 4))
  })
  expect(numbers).toEqual([5, 6, 7, 8])
})

it('reads each segment once, in order', async () => {
  const read: number[] = []
  const task: ProtectTask = protectTask(clear.sound, { ...SOUND, to: CBCS })
  const segments = task.segments.map((segment) => ({
    ...segment,
    read: () => {
      read.push(segment.number)
      return segment.read()
    },
  }))
  await using scratch = await openFolder()
  await protectTrack(scratch.path, { ...task, segments }, new Shelf().sink, unwatched())
  expect(read).toEqual(clear.sound.output.segments.map(({ number }) => number))
})

it('throws the reason of a signal that aborts while it reads', async () => {
  const stop = new AbortController()
  const why = new Error('cancelled')
  const task = protectTask(clear.sound, { ...SOUND, to: CBCS })
  const segments = task.segments.map((segment) => ({
    ...segment,
    read: () => {
      stop.abort(why)
      return segment.read()
    },
  }))
  await using scratch = await openFolder()
  const watch = { ...unwatched(), signal: stop.signal }
  await expect(protectTrack(scratch.path, { ...task, segments }, new Shelf().sink, watch)).rejects.toBe(why)
})

it('passes on what reading a segment throws', async () => {
  const lost = new Error('the store does not answer')
  const task = protectTask(clear.sound, { ...SOUND, to: CBCS })
  // biome-ignore lint/correctness/useYield: it fails before it has anything to give.
  const read = async function* (): AsyncIterable<Uint8Array> {
    throw lost
  }
  const segments = task.segments.map(({ number }) => ({ number, read }))
  await using scratch = await openFolder()
  const work = protectTrack(scratch.path, { ...task, segments }, new Shelf().sink, unwatched())
  await expect(work).rejects.toBe(lost)
})

it.each([
  ['sound', { segmentSeconds: 1.2 }, 'durationTicks'],
  ['pictures', { segmentSeconds: PICTURES.segmentSeconds }, 'fragments'],
] as const)('stores no segment of %s that is cut as %o', async (what, lengths, fact) => {
  await using scratch = await openFolder()
  const shelf = new Shelf()
  const task = protectTask(clear[what], { ...lengths, segments: [1, 2], to: CBCS })
  const work = protectTrack(scratch.path, task, shelf.sink, unwatched())
  await expect(work).rejects.toThrow(`segment 1 has ${fact}`)
  expect([...shelf.files.keys()].filter((name) => name.endsWith('.m4s'))).toEqual([])
})

it('refuses segments that do not follow one another', async () => {
  const wish = { ...SOUND, segments: [1, 3], to: CBCS }
  await expect(protect(clear.sound, wish)).rejects.toThrow(RangeError)
})

it('refuses a segment that is cut off', async () => {
  const cut = new Shelf()
  for (const [name, bytes] of clear.sound.shelf.files) cut.files.set(name, bytes.subarray(0, 600))
  await expect(protect({ ...clear.sound, shelf: cut }, { ...SOUND, to: CBCS })).rejects.toThrow(
    'of another form',
  )
})
