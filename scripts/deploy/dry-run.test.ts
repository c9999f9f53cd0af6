import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLOUDS } from '../../cdktf/shared/environment.ts'
import { ROOT } from '../settings.ts'
import { type Ended, runScript } from '../testing/run-script.ts'
import { STEP_NAMES } from './step.ts'

describe.each(CLOUDS)('npm run deploy -- %s prod --dry-run', (cloud) => {
  const hadJournal = existsSync(join(ROOT, `.skyreel/deploy/${cloud}-prod.json`))
  let empty = ''
  let said = {} as Ended
  beforeAll(async () => {
    empty = await mkdtemp(join(tmpdir(), 'skyreel-no-tools-'))
    // A PATH without any tool, and a home without credentials.
    said = await runScript('deploy.ts', [cloud, 'prod', '--dry-run'], { PATH: empty, HOME: empty })
  }, 60_000)
  afterAll(() => rm(empty, { recursive: true, force: true }))

  it('ends well without a tool, an account or a network', () => {
    expect(said.status, said.stdout + said.stderr).toBe(0)
  })
  it('names every step, in order', () => {
    const named = [...said.stdout.matchAll(/^\d+\. (\w+):/gm)].map(([, name]) => name)
    expect(named).toEqual([...STEP_NAMES])
  })
  it.each([
    `npm run build -- --cloud ${cloud}`,
    `terraform -chdir=dist/cdktf.out/stacks/${cloud}-prod init`,
    'docker buildx build',
    `npx cdktf deploy ${cloud}-prod --auto-approve`,
  ])('prints %s', (command) => {
    expect(said.stdout).toContain(command)
  })
  it('moves the requests by the steps of the config', () => {
    const waits = [...said.stdout.matchAll(/- (\d+) % of the requests go to the new release/g)].map(
      ([, percent]) => percent,
    )
    expect(waits).toEqual(['5', '25', '50'])
  })
  it('gives secrets on the standard input, and shows none', () => {
    const [, secrets = ''] = said.stdout.split('5. secrets')
    expect(secrets.split('6. migrate')[0]).toContain('< (not shown)')
  })
  it('leaves the secrets of payment providers to an operator', () => {
    const [, secrets = ''] = said.stdout.split('5. secrets')
    const lines = secrets.split('6. migrate')[0]?.split('\n') ?? []
    const told = lines.filter((line) => line.includes('is empty; whoever has a value puts it in'))
    const stored = lines.filter((line) => /store .*(?:stripe|paypal|braintree|razorpay)/.test(line))
    expect([told.length, stored]).toEqual([2, []])
  })
  it('says nothing of providers that the config does not name', () => {
    expect(said.stdout).not.toMatch(/paypal|braintree|razorpay/)
  })
  it('keeps no journal of it', () => {
    expect(existsSync(join(ROOT, `.skyreel/deploy/${cloud}-prod.json`))).toBe(hadJournal)
  })
})

describe.each(['deploy', 'rollback', 'destroy', 'previews'])('npm run %s -- --help', (command) => {
  it('explains itself', async () => {
    const { status, stdout } = await runScript(`${command}.ts`, ['--help'])
    expect([status, stdout]).toEqual([0, expect.stringContaining(`npm run ${command} --`)])
  })
})
