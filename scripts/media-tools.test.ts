import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findCommand, installByApt } from './media-tools.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skyreel-tools-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A program in apt's place that writes down how it was called and ends as told. */
async function aptThat(body: string): Promise<{ command: string; calls: () => Promise<string[]> }> {
  const command = join(folder, 'apt-get')
  const log = join(folder, 'calls')
  await writeFile(log, '')
  await writeFile(
    command,
    `#!/bin/sh\nfor last; do :; done\ncase "$*" in *update*) verb=update;; *) verb=install;; esac\necho "$verb $last $DEBIAN_FRONTEND" >> ${log}\n${body}\n`,
  )
  await chmod(command, 0o755)
  return { command, calls: async () => (await readFile(log, 'utf8')).trim().split('\n') }
}

describe('installing by apt', () => {
  it('does not fetch the package lists when they hold the package', async () => {
    const apt = await aptThat('exit 0')
    await installByApt([apt.command], ['ffmpeg'])
    expect(await apt.calls()).toEqual(['install ffmpeg noninteractive'])
  })
  it('fetches the lists and tries again when the package is not found', async () => {
    const apt = await aptThat(`[ $verb = update ] && touch ${folder}/lists\n[ -e ${folder}/lists ]`)
    const failure = await installByApt([apt.command], ['ffmpeg'])
    expect([failure, await apt.calls()]).toEqual([
      undefined,
      ['install ffmpeg noninteractive', 'update update noninteractive', 'install ffmpeg noninteractive'],
    ])
  })
  it('answers what apt said when there is no network', async () => {
    const apt = await aptThat('echo "E: Failed to fetch http://deb.example/ Could not resolve" >&2; exit 100')
    expect(await installByApt([apt.command], ['ffmpeg'])).toBe(
      'apt-get ended with 100: E: Failed to fetch http://deb.example/ Could not resolve',
    )
  })
  it('answers when apt cannot be started', async () => {
    expect(await installByApt([join(folder, 'nothing')], ['ffmpeg'])).toMatch(/ENOENT/)
  })
})

describe('finding a program', () => {
  it('passes over a file that may not be run', async () => {
    await writeFile(join(folder, 'ffmpeg'), '')
    expect(findCommand('ffmpeg', folder)).toBe(undefined)
  })
  it('takes the first folder that has it', async () => {
    const apt = await aptThat('exit 0')
    expect(findCommand('apt-get', `/nowhere::${folder}:/usr/bin`)).toBe(apt.command)
  })
})
