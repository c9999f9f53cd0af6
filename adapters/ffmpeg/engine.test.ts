import { randomUUID } from 'node:crypto'
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findEngine } from './engine.ts'

/** A folder with programs called ffmpeg and ffprobe that run this shell script. */
async function programs(script: string): Promise<string> {
  const folder = join(tmpdir(), `skyreel-engine-${randomUUID()}`)
  await mkdir(folder)
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const name of ['ffmpeg', 'ffprobe']) {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`)
    await chmod(join(folder, name), 0o755)
  }
  return folder
}

describe('finding an engine', () => {
  it('takes the native programs on the PATH', async () => {
    await expect(findEngine()).resolves.toMatchObject({
      kind: 'native',
      version: expect.stringMatching(/^\d/),
    })
  })

  it('takes the WebAssembly build when asked to', async () => {
    await expect(findEngine({ prefer: 'wasm' })).resolves.toMatchObject({ kind: 'wasm' })
  })

  it('searches the folders given, in their order', async () => {
    const engine = await findEngine({
      nativePath: `/nowhere:${await programs('exec /usr/bin/$(basename $0) "$@"')}`,
    })
    expect(engine.ffmpeg.command).toMatch(/skyreel-engine-.*\/ffmpeg$/)
  })

  it.each([
    ['no programs', undefined, 'ffmpeg and ffprobe were not found'],
    ['an old version', 'echo ffmpeg version 4.1.11-0+deb10u1', 'ffmpeg 4.1.11-0+deb10u1 is older than 4.4'],
    ['a small build', 'echo ffmpeg version 7.1', 'ffmpeg 7.1 was built without libx264, aac, mjpeg'],
    ['a broken program', 'exit 127', 'ffmpeg does not run: ffmpeg ended with 127'],
    ['another program', 'echo hello', 'ffmpeg does not run: it does not tell its version: hello'],
  ])('falls back to WebAssembly for %s and says why', async (_, script, why) => {
    const nativePath = script === undefined ? '/nowhere' : await programs(script)
    const engine = await findEngine({ nativePath })
    expect([engine.kind, engine.whyNotNative]).toEqual(['wasm', expect.stringContaining(why)])
  })
})
