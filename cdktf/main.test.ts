import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changedAddresses } from './addresses.ts'
import { addressesOf } from './shared/addresses.ts'
import { ALL_PLACES } from './shared/wanted-stacks.ts'
import { stackText, synthesize } from './synthesized.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'skyreel-main-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

const first = join(folder, 'first')
const ids = ALL_PLACES.map(({ stackId }) => stackId)
/** Stacks whose bytes are others than those of the first run. */
async function changedIn(out: string): Promise<readonly string[]> {
  const same = await Promise.all(
    ids.map(async (id) => (await stackText(out, id)) === (await stackText(first, id))),
  )
  return ids.filter((_, at) => !same[at])
}
beforeAll(() => synthesize(first), 120_000)

/** What a run that fails prints, and its status. */
const failed = (env: Readonly<Record<string, string>>) =>
  synthesize(join(folder, 'failed'), { env }).then(
    () => ({ code: 0, stderr: '' }),
    (error: { code: number; stderr: string }) => ({ code: error.code, stderr: error.stderr }),
  )

describe('synthesis', { timeout: 120_000 }, () => {
  it('makes nine stacks', async () => {
    expect((await readdir(join(first, 'stacks'))).sort()).toEqual([...ids].sort())
  })
  it('gives the same bytes in another folder, time zone and language', async () => {
    const out = join(folder, 'a longer name than the first one')
    await synthesize(out, { env: { TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' } })
    expect(await changedIn(out)).toEqual([])
  })
  it('gives the same bytes started from a folder without bundles', async () => {
    const [cwd, out] = [join(folder, 'elsewhere'), join(folder, 'second')]
    await cp(join(ROOT, 'cdktf.json'), join(cwd, 'cdktf.json'))
    await synthesize(out, { cwd })
    expect(await changedIn(out)).toEqual([])
  })
  it('makes the folder that it writes to, with those above it', async () => {
    const out = join(folder, 'no', 'dist', 'yet')
    await synthesize(out, { env: { SKYREEL_STACKS: 'aws-dev' } })
    expect(await readdir(join(out, 'stacks'))).toEqual(['aws-dev'])
  })
  it('gives a stack the same bytes alone as among all', async () => {
    const out = join(folder, 'alone')
    await synthesize(out, { env: { SKYREEL_STACKS: 'gcp-prod' } })
    expect(await stackText(out, 'gcp-prod')).toBe(await stackText(first, 'gcp-prod'))
  })
  it.each(ids)('writes no path of this machine into %s', async (id) => {
    const text = await stackText(first, id)
    const paths = [ROOT, folder, homedir()].map((path) => `${path.replace(/\/$/, '')}/`)
    expect(paths.filter((path) => text.includes(path))).toEqual([])
  })
  it.each(ids)('tells in %s for which Terraform it is', async (id) => {
    expect(JSON.parse(await stackText(first, id)).terraform.required_version).toBe('>= 1.11.0, < 2.0.0')
  })
  it('ends with 1 and one line where a stack is unknown', async () => {
    expect(await failed({ SKYREEL_STACKS: 'aws-production' })).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^skyreel: there is no stack aws-production; there are aws-dev, .*\n$/),
    })
  })
})

describe('the addresses of all stacks', () => {
  it('are those of cdktf/addresses; new ones on purpose: node cdktf/addresses.ts --write', async () => {
    const read = async (id: string) => addressesOf(JSON.parse(await stackText(first, id)))
    expect(await changedAddresses(read)).toEqual({})
  })
  it('differ where one was renamed', async () => {
    const read = async (id: string) => {
      const addresses = addressesOf(JSON.parse(await stackText(first, id)))
      return id === 'aws-dev' ? [...addresses, 'aws_sqs_queue.renamed'] : addresses
    }
    expect(await changedAddresses(read)).toEqual({ 'aws-dev': ['+ aws_sqs_queue.renamed'] })
  })
  it('tell resources from data sources', () => {
    const stack = { resource: { b: { y: {}, x: {} }, a: { z: {} } }, data: { a: { z: {} } } }
    expect(addressesOf(stack)).toEqual(['a.z', 'b.x', 'b.y', 'data.a.z'])
  })
})
