import { beforeAll, describe, expect, it } from 'vitest'
import { builtOnce } from './build/testing/built-once.ts'
import type { CloudUnderTest } from './e2e/cloud.ts'
import { cloudsUnderTest } from './e2e/clouds.ts'
import { type Report, runEndToEnd } from './e2e/run.ts'
import { runScript } from './testing/run-script.ts'

const RUN_MS = 400_000

async function run(cloud: CloudUnderTest, bundles: string): Promise<Report> {
  const tell = { begun: () => undefined, over: () => undefined }
  return runEndToEnd(cloud, { ending: new AbortController().signal, tell, bundles })
}

/** What a failure is shown with: the runtimes' own words. */
const words = ({ fault, logs }: Report) => JSON.stringify({ fault, logs }, null, 2)

for (const cloud of cloudsUnderTest) {
  const missing = cloud.missing()
  const why = missing === undefined ? '' : ` (skipped: ${missing})`
  describe.skipIf(missing !== undefined)(`the main line on ${cloud.name}${why}`, () => {
    let report: Report
    beforeAll(async () => {
      report = await run(cloud, await builtOnce())
    }, RUN_MS)

    it('shows every frame of the film, in each quality, and gives up nothing', () => {
      expect(report.ok, words(report)).toBe(true)
    })
    it('plays an encrypted film in Chromium with keys of the licence function, every frame', () => {
      expect(report.encrypted?.frames, words(report)).toBeGreaterThan(0)
      expect(report.encrypted?.decoded, words(report)).toBe(report.encrypted?.frames)
    })
    it('gives no key to strangers, for a key of another film, or after the playback was ended', () => {
      expect(report.encrypted?.refused, words(report)).toEqual({
        stranger: '401 playback-token-invalid',
        foreign: '403 foreign-key',
        ended: '403 playback-ended',
      })
    })
    it('has the qualities of the ladder', () => {
      expect(
        report.film?.qualities.map(({ height }) => height),
        words(report),
      ).toEqual([144, 240])
    })
  })
}

describe('a run on a cloud that does not come up', () => {
  const [first] = cloudsUnderTest
  const broken = {
    ...(first as CloudUnderTest),
    open: () => Promise.reject(new Error('there is no power')),
  }
  it(
    'is not ok and says why',
    async () => {
      expect(await run(broken, 'nowhere')).toMatchObject({
        ok: false,
        fault: expect.stringContaining('there is no power'),
      })
    },
    RUN_MS,
  )
})

describe('npm run e2e', () => {
  it('tells how it is used', async () => {
    const { status, stdout } = await runScript('e2e.ts', ['--help'])
    expect([status, stdout]).toEqual([0, expect.stringContaining('npm run e2e -- ')])
  })
  it.each([[['ibm']], [[]], [['aws', 'gcp']]])('wants one cloud that it knows, and not %j', async (words) => {
    const { status, stderr } = await runScript('e2e.ts', words)
    expect([status, stderr]).toEqual([1, expect.stringContaining('name one cloud')])
  })
})
