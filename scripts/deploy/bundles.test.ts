import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Bundles, hashOfFolder, releaseId } from './bundles.ts'

const BUNDLES: Bundles = { zips: [], media: { folder: 'media', files: {}, tag: 't' } }

describe('the id of a release', () => {
  it('is another where only a page has changed: a deployment that goes on would leave it out', async () => {
    const dist = await mkdtemp(join(tmpdir(), 'skyreel-release-'))
    await mkdir(join(dist, 'web/studio'), { recursive: true })
    const idWith = async (page: string) => {
      await writeFile(join(dist, 'web/studio/index.html'), page)
      return releaseId(BUNDLES, '{}', await hashOfFolder(dist, 'web'))
    }
    const [first, other, again] = [await idWith('one'), await idWith('two'), await idWith('one')]
    await rm(dist, { recursive: true })
    expect([first === again, first === other]).toEqual([true, false])
  })
})
