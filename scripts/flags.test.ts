import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openTestPlatform } from '../functions/entry/testing/platform.ts'
import { runScript } from './testing/run-script.ts'

describe('npm run flags', async () => {
  const at = await openTestPlatform()
  afterAll(() => at[Symbol.asyncDispose]())
  const flags = (args: readonly string[], env: Record<string, string> = {}) =>
    runScript('flags.ts', args, { DATABASE_URL: at.databaseUrl, SKYREEL_HOME: at.home, ...env })

  it('off turns a flag of the running platform', async () => {
    await flags(['off', 'open-signup'])
    const body = { email: 'ada@example.org', password: 'correct horse battery' }
    await expect
      .poll(() => at.nobody.refusal('POST', '/v1/signup', body), { timeout: 20_000, interval: 500 })
      .toBe('403 signup-closed')
  })
  it('list tells state and meaning of every flag', async () => {
    await flags(['on', 'top-rungs'])
    const { stdout } = await flags(['list'])
    expect(stdout).toMatch(/^top-rungs +on +table since \S+ +Films get 1440p/m)
  })
  it('says so where the environment has the last word', async () => {
    const { stdout } = await flags(['on', 'top-rungs'], { SKYREEL_FLAGS: 'top-rungs=off' })
    expect(stdout).toBe(
      'top-rungs is on.\nBut SKYREEL_FLAGS says off here, and has the last word where it is set.\n',
    )
  })
  it('names the flags that there are when it is given another', async () => {
    const { status, stderr } = await flags(['on', 'warp-drive'])
    expect([status, stderr]).toEqual([
      1,
      'skyreel: There is no flag warp-drive. Known: open-signup, top-rungs\n',
    ])
  })
  it.each([[['off']], [['maybe', 'top-rungs']]])(
    'tells how it is used when it does not understand %j',
    async (args) => {
      const { status, stderr } = await flags(args)
      expect([status, stderr]).toEqual([1, expect.stringContaining('npm run flags -- list | on <name>')])
    },
  )
  it('makes no new database where the home is mistyped', async () => {
    const home = join(tmpdir(), 'skyreel-no-such-home')
    const { status, stderr } = await flags(['list'], { DATABASE_URL: '', SKYREEL_HOME: home })
    expect([status, stderr]).toEqual([1, expect.stringContaining(`no database under ${home}`)])
  })
})
