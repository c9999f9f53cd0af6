import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { MediaFailed } from '../../core/ports/media.ts'
import { openFolder } from '../ffmpeg/testing/tasks.ts'
import { packageTrack } from './packager.ts'

const run = promisify(execFile)
const { signal } = new AbortController()
const TRACK = { input: 'film.mp4', output: 'out', stream: 'video', segmentSeconds: 1 } as const

async function film(folder: string): Promise<void> {
  const pictures = ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=25:d=2', '-c:v', 'libx264', '-g', '25']
  await run('ffmpeg', ['-v', 'error', ...pictures, join(folder, 'film.mp4')])
}

it('fails for a missing input, where the npm package would say that all is well', async () => {
  await using folder = await openFolder()
  await expect(packageTrack({ ...TRACK, folder: folder.path }, signal)).rejects.toThrow(MediaFailed)
})

it('works in a folder whose name has a comma', async () => {
  await using folder = await openFolder()
  const odd = join(folder.path, 'a,b=c')
  await mkdir(odd)
  await film(odd)
  expect((await packageTrack({ ...TRACK, folder: odd }, signal)).segments).toHaveLength(2)
})

it('lists more than nine segments in order', async () => {
  await using folder = await openFolder()
  const pictures = ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=25:d=11', '-c:v', 'libx264', '-g', '25']
  await run('ffmpeg', ['-v', 'error', ...pictures, '-sc_threshold', '0', join(folder.path, 'film.mp4')])
  const { segments } = await packageTrack({ ...TRACK, folder: folder.path }, signal)
  expect(segments.map((path) => path.split('/').at(-1))).toEqual(
    Array.from({ length: 11 }, (_, i) => `${i + 1}.m4s`),
  )
})
