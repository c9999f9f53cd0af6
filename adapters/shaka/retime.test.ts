import { execFile } from 'node:child_process'
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { madeFilm } from '../ffmpeg/testing/films.ts'
import { KEY } from '../ffmpeg/testing/keys.ts'
import { openFolder, placed, probed } from '../ffmpeg/testing/tasks.ts'
import { boxesIn, boxOf, MalformedBoxes, viewOf } from './boxes.ts'
import type { Cipher } from './cipher.ts'
import { readInit } from './init.ts'
import { packageTrack } from './packager.ts'
import { retimeSegment } from './retime.ts'

const run = promisify(execFile)

/** Two seconds of 25 frames each, in fragments of 10 frames, as shaka-packager writes them. */
async function packaged(folder: string, cipher?: Cipher) {
  const input = ['-f', 'lavfi', '-i', 'testsrc2=s=128x72:r=25:d=2', '-c:v', 'libx264', '-pix_fmt', 'yuv420p']
  const gop = ['-g', '10', '-keyint_min', '10', '-sc_threshold', '0', '-video_track_timescale', '90000']
  await copyFile(await madeFilm('gops-of-ten.mp4', [...input, ...gop]), join(folder, 'film.mp4'))
  const lengths = { segmentSeconds: 0.8, fragmentSeconds: 0.4 }
  const track = { folder, input: 'film.mp4', output: 'out', stream: 'video', ...lengths, cipher } as const
  const { init, segments } = await packageTrack(track, new AbortController().signal)
  return { init: await readFile(init), segments: await Promise.all(segments.map((path) => readFile(path))) }
}

async function second(cipher?: Cipher) {
  await using folder = await openFolder()
  const { init, segments } = await packaged(folder.path, cipher)
  return { init, segment: segments[1] ?? new Uint8Array() }
}

const mediaData = (bytes: Uint8Array) =>
  boxesIn(bytes)
    .filter((box) => box.type === 'mdat')
    .map((box) => bytes.subarray(box.start, box.end))

it('moves a segment to a time that 32 bits cannot hold', async () => {
  await using folder = await openFolder()
  const { init, segment } = await second()
  const { bytes } = retimeSegment(segment, { startTicks: 8_000_000_000, firstFragment: 1 })
  const { packets = [] } = await probed(await placed(folder.path, Buffer.concat([init, bytes])), 'packet=pts')
  const times = packets.map((packet) => Number(packet.pts))
  expect(Math.min(...times)).toBe(8_000_000_000 + 20 * 3600)
})

it('takes sample data over untouched', async () => {
  const { segment } = await second()
  const { bytes } = retimeSegment(segment, { startTicks: 90_000, firstFragment: 1 })
  expect(mediaData(bytes)).toEqual(mediaData(segment))
})

it('still decodes after it was moved', async () => {
  await using folder = await openFolder()
  const { init, segment } = await second()
  const { bytes } = retimeSegment(segment, { startTicks: 8_000_000_000, firstFragment: 1 })
  const path = await placed(folder.path, Buffer.concat([init, bytes]))
  const { stderr } = await run('ffmpeg', ['-v', 'error', '-xerror', '-i', path, '-f', 'null', '-'])
  expect(stderr).toBe('')
})

it('tells how many samples, ticks and fragments a segment has', async () => {
  const { segment } = await second()
  const told = retimeSegment(segment, { startTicks: 0, firstFragment: 1 })
  expect(told).toMatchObject({
    samples: 20,
    durationTicks: 20 * 3600,
    fragments: 2,
    sizeBytes: told.bytes.length,
  })
})

it('refuses a segment that is cut off', async () => {
  const { segment } = await second()
  expect(() => retimeSegment(segment.subarray(0, 100), { startTicks: 0, firstFragment: 1 })).toThrow(
    MalformedBoxes,
  )
})

it('refuses an init segment of a codec that it does not know', async () => {
  const { init } = await second()
  const other = Buffer.from(init.toString('latin1').replace('avc1', 'xxxx'), 'latin1')
  // The first one stands among the brands of ftyp.
  const entry = Buffer.from(other.toString('latin1').replace('avc1\0\0', 'xxxx\0\0'), 'latin1')
  expect(() => readInit(entry)).toThrow(MalformedBoxes)
})

it('makes the same init segment at another time', async () => {
  const [first, again] = [await second(), await second()]
  expect(readInit(again.init, 7200).sha256).toBe(readInit(first.init, 7200).sha256)
})

/** How far each fragment's `saio` points beside the first entry of its `senc`; 0 is right. */
function auxiliaryErrors(bytes: Uint8Array): number[] {
  const view = viewOf(bytes)
  return boxesIn(bytes)
    .filter(({ type }) => type === 'moof')
    .map((moof) => {
      const saio = boxOf(bytes, ['traf', 'saio'], moof)
      const senc = boxOf(bytes, ['traf', 'senc'], moof)
      // Behind version, flags and the number of entries, of both.
      return view.getUint32(saio.content + 8) - (senc.content + 8 - moof.start)
    })
}

it.each(['cenc', 'cbcs'] as const)('finds the IVs of %s where they have moved to', async (scheme) => {
  const { segment } = await second({ does: 'encrypt', scheme, key: KEY })
  const { bytes } = retimeSegment(segment, { startTicks: 8_000_000_000, firstFragment: 1 })
  expect([bytes.length - segment.length, auxiliaryErrors(segment)]).toEqual([8, [0, 0]])
  expect(auxiliaryErrors(bytes)).toEqual([0, 0])
})

it('finds the IVs of a segment that was moved already', async () => {
  const { segment } = await second({ does: 'encrypt', scheme: 'cenc', key: KEY })
  const moved = retimeSegment(segment, { startTicks: 90_000, firstFragment: 1 })
  const again = retimeSegment(moved.bytes, { startTicks: 90_000, firstFragment: 1 })
  expect(auxiliaryErrors(again.bytes)).toEqual([0, 0])
})

it('leaves the segment that it is given as it was', async () => {
  const { segment } = await second({ does: 'encrypt', scheme: 'cbcs', key: KEY })
  const before = Uint8Array.from(segment)
  retimeSegment(segment, { startTicks: 8_000_000_000, firstFragment: 7 })
  expect(Uint8Array.from(segment)).toEqual(before)
})
