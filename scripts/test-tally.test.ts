import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from './settings.ts'

// Inside the checkout, so that the made-up tests find vitest.
const CACHE = join(ROOT, 'node_modules/.cache/skyreel')
let folder = ''
let printed = ''

const COUNT = `
import { startVitest } from 'vitest/node'
import { Tally } from ${JSON.stringify(join(ROOT, 'scripts/test-tally.ts'))}
const tally = new Tally()
const options = { root: process.argv[2], dir: process.argv[2], run: true, watch: false, config: false, exclude: [], reporters: [tally] }
const vitest = await startVitest('test', [], options)
await vitest.close()
console.log(tally.line())
console.log(tally.reasons())
process.exit(0)
`

beforeAll(async () => {
  await mkdir(CACHE, { recursive: true })
  folder = await mkdtemp(join(CACHE, 'tally-'))
  await writeFile(join(folder, 'count.mjs'), COUNT)
  await mkdir(join(folder, 'tests'))
  const test = (name: string, body: string) =>
    writeFile(
      join(folder, 'tests', name),
      `import { describe, expect, it, beforeAll } from 'vitest'\n${body}`,
    )
  await test('good.test.mjs', "it('a', () => {})\nit('b', () => {})")
  await test('bad.test.mjs', "it('c', () => expect(1).toBe(2))")
  await test(
    'skips.test.mjs',
    "it('d', (ctx) => ctx.skip('there is no moon'))\nit.skip('e', () => {})\ndescribe.skip('S3 (skipped: no server)', () => { it('g', () => {}) })",
  )
  await test('broken.test.mjs', "throw new Error('cannot be loaded')")
  await test(
    'set-up.test.mjs',
    "describe('x', () => { beforeAll(() => { throw new Error('no') })\n it('f', () => {}) })",
  )
  const run = await promisify(execFile)(
    process.execPath,
    [join(folder, 'count.mjs'), join(folder, 'tests')],
    { cwd: folder },
  )
  printed = run.stdout
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the tally of a run', () => {
  it('counts a file that cannot be loaded and a set-up that fails as failures', () => {
    expect(printed).toMatch(/^2 passed, 3 failed, 4 skipped$/m)
  })
  it('tells the reason of a skip', () => {
    expect(printed).toContain('skipped because there is no moon:\n  skips.test.mjs > d')
  })
  it('tells the reason that stands in the title of a suite', () => {
    expect(printed).toContain('skipped because no server:\n  skips.test.mjs > S3')
  })
  it('tells of a skip without a reason', () => {
    expect(printed).toContain('skipped because no reason was given:\n  ')
  })
})
