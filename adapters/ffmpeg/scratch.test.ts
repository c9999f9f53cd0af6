import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { ownMark } from '../node/process.ts'
import { ownScratchFolder, removeAbandonedScratch, withScratch } from './scratch.ts'

async function openParent() {
  const parent = await mkdtemp(join(tmpdir(), 'skyreel-scratch-'))
  return { parent, [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }) }
}

/** As a process leaves it that was killed within its work. */
const abandon = (parent: string, mark: string) =>
  mkdir(join(parent, `task-${mark}-AbCdEf/rung`), { recursive: true })

it('removes the scratch folder of a killed process with all that is in it', async () => {
  await using at = await openParent()
  // No process has this number: Linux stops at 4194304.
  await abandon(at.parent, '99999999.1')
  await removeAbandonedScratch(at.parent)
  expect(await readdir(at.parent)).toEqual([])
})

// Elsewhere there is no /proc to tell two processes of one number apart.
it.skipIf(process.platform !== 'linux')(
  'removes the scratch folder of a killed process whose number is its own',
  async () => {
    await using at = await openParent()
    await abandon(at.parent, `${process.pid}.1`)
    await removeAbandonedScratch(at.parent)
    expect(await readdir(at.parent)).toEqual([])
  },
)

it('keeps the scratch folder of work that goes on', async () => {
  await using at = await openParent()
  await withScratch(at.parent, async () => {
    await removeAbandonedScratch(at.parent)
    expect(await readdir(at.parent)).toEqual([expect.stringContaining(ownMark())])
  })
})

it('lies apart for each user of a machine', () => {
  const own = ownScratchFolder('skyreel-x')
  vi.spyOn(process, 'getuid').mockReturnValueOnce(4711)
  expect([ownScratchFolder('skyreel-x') === own, dirname(own)]).toEqual([false, tmpdir()])
})
