import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { PlannedFunction } from '../shared/plan.ts'
import { missingBundles } from './bundles.ts'

const planned = (name: string, kind: 'http' | 'job' = 'http'): PlannedFunction => ({
  ...{ name, kind, memoryMb: 128, timeoutSeconds: 10, uses: {} },
  trigger: kind === 'job' ? { job: name } : { http: [] },
})
const plan = [planned('a-api'), planned('transcode', 'job')]
const hash = (text: string) => createHash('sha256').update(text).digest('hex')
const ELF_X64 = Buffer.from([...Array(18).fill(0), 0x3e, 0])

/** A `dist` with one function of AWS and a media context for Graviton. */
async function openDist() {
  const dist = await mkdtemp(join(tmpdir(), 'skyreel-dist-'))
  const zip = { path: 'aws/a-api.zip', sha256: hash('zip') }
  const media = { tag: '0123456789abcdef', files: { 'app/shaka-packager/bin/packager-linux-arm64': '' } }
  const manifest = { functions: [{ folder: 'aws/a-api', zip }], media }
  await mkdir(join(dist, 'aws/a-api'), { recursive: true })
  await writeFile(join(dist, 'aws/a-api.zip'), 'zip')
  const write = (changes: object) =>
    writeFile(join(dist, 'manifest.json'), JSON.stringify({ ...manifest, ...changes }))
  await write({})
  const dispose = () => rm(dist, { recursive: true, force: true })
  return { dist, write, media, [Symbol.asyncDispose]: dispose }
}

describe('the bundles of a cloud', () => {
  it('are all there after a build', async () => {
    await using place = await openDist()
    expect(missingBundles(place.dist, 'aws', plan)).toEqual([])
  })
  it('are missing where nothing was built', () => {
    expect(missingBundles(join(tmpdir(), 'skyreel-no-dist'), 'aws', plan)).toEqual([
      'dist/manifest.json is not there',
    ])
  })
  it('are missing where one zip was deleted', async () => {
    await using place = await openDist()
    await rm(join(place.dist, 'aws/a-api.zip'))
    expect(missingBundles(place.dist, 'aws', plan)).toEqual(['dist/aws/a-api.zip is not there'])
  })
  it('are missing where a zip is another than the manifest says', async () => {
    await using place = await openDist()
    await writeFile(join(place.dist, 'aws/a-api.zip'), 'other')
    expect(missingBundles(place.dist, 'aws', plan)).toEqual([
      'dist/aws/a-api.zip is not what dist/manifest.json says',
    ])
  })
  it('are missing where a function is new since the build', async () => {
    await using place = await openDist()
    expect(missingBundles(place.dist, 'aws', [...plan, planned('b-api')])).toEqual([
      'dist/aws/b-api.zip is not there',
    ])
  })
  it('are missing on a cloud that was not built for', async () => {
    await using place = await openDist()
    expect(missingBundles(place.dist, 'gcp', plan)).toEqual([
      'dist/gcp/a-api.zip is not there',
      'dist/media is not of x64',
    ])
  })
  it('are missing where the image has no tag', async () => {
    await using place = await openDist()
    await place.write({ media: { files: place.media.files } })
    expect(missingBundles(place.dist, 'aws', plan)).toEqual([
      'dist/media, the context of the image, is not there',
    ])
  })
  it('are missing where a native module is of another machine than the function', async () => {
    await using place = await openDist()
    await writeFile(join(place.dist, 'aws/a-api/argon2.node'), ELF_X64)
    expect(missingBundles(place.dist, 'aws', plan)).toEqual(['dist/aws/a-api/argon2.node is not of arm64'])
  })
})
