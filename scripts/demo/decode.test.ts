import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '../../adapters/ffmpeg/engine.ts'
import { decode } from './decode.ts'
import { makeSample } from './sample.ts'

const engine: Engine = {
  kind: 'native',
  version: 'of this machine',
  ffmpeg: { command: 'ffmpeg', args: [] },
  ffprobe: { command: 'ffprobe', args: [] },
}
const { signal } = new AbortController()

let folder = ''
let film: Buffer = Buffer.alloc(0)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skyreel-sample-'))
  film = await readFile(await makeSample(engine, folder, signal, { seconds: 1, width: 640, height: 360 }))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the sample', () => {
  it('has pictures and sound', () => {
    const args = [
      '-v',
      'error',
      '-show_entries',
      'stream=codec_name',
      '-of',
      'csv=p=0',
      join(folder, 'sample.mp4'),
    ]
    expect(execFileSync('ffprobe', args, { encoding: 'utf8' }).trim().split('\n')).toEqual(['h264', 'aac'])
  })
})

describe('decoding', () => {
  it('finds no fault in a whole film', async () => {
    expect(await decode(engine, film, 'video', signal)).toBe(undefined)
  })
  it('finds a fault in damaged pictures', async () => {
    const bad = Buffer.from(film)
    const mdat = bad.indexOf('mdat')
    bad.fill(0xff, mdat + 2000, mdat + 12_000)
    expect(await decode(engine, bad, 'video', signal)).toMatch(/./)
  })
  it('finds a fault in bytes that are no film', async () => {
    expect(await decode(engine, Buffer.from('#EXTM3U\n'), 'audio', signal)).toMatch(/./)
  })
})
