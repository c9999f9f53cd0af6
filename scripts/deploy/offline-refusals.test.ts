import { chmod, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { FAIR, type OfflineWorld } from './testing/offline-home.ts'
import { doneBefore, HAS_TERRAFORM, Rehearsal, WITH_TERRAFORM } from './testing/offline-rehearsal.ts'

describe.skipIf(!HAS_TERRAFORM)(`a deployment refuses${WITH_TERRAFORM}`, () => {
  let at: Rehearsal
  beforeAll(async () => {
    at = await Rehearsal.open()
    await at.run('deploy', 'aws prod --yes')
  }, 60_000)
  beforeEach(() => at.change({ films: true, account: FAIR.account, examples: [], version: '1' }))
  afterAll(() => at[Symbol.asyncDispose]())
  const refused = async (words: string, world: Partial<OfflineWorld> = {}, env = {}) => {
    await at.change(world)
    const { status, stdout, stderr } = await at.run('deploy', words, env)
    return [status, stdout + stderr] as const
  }

  it.each([
    ['an unknown cloud, and lists those there are', 'awss dev', {}, /no cloud awss[\s\S]*Did you mean aws\?/],
    ['an unknown environment', 'aws stagin', {}, /no environment stagin[\s\S]*Did you mean staging\?/],
    ['an unknown option, with its help', 'aws dev --prevew x', {}, /--prevew[\s\S]*npm run deploy --/],
    ['an unknown step', 'aws dev --from aply', {}, /no step aply[\s\S]*Did you mean apply\?/],
    ['a preview beside prod', 'aws prod --preview x', {}, /aws dev --preview x/],
    [
      'a config that nobody has filled',
      'aws prod',
      { examples: ['aws.zoneId'] },
      /prod\.ts still holds examples: aws\.zoneId/,
    ],
    [
      'credentials of another account',
      'aws prod',
      { account: 'account-2' },
      /of the account account-2, and aws\.accountId/,
    ],
    [
      'missing credentials, and says how to sign in',
      'aws prod',
      { fails: 'account' },
      /no credentials for aws[\s\S]*sign in offline/,
    ],
  ] as const)('%s', async (_, words, world, says) => {
    const before = { fails: '' }
    const [status, text] = await refused(words, world)
    await at.change(before)
    expect([status, text]).toEqual([1, expect.stringMatching(says)])
  })
  it.each([
    ['deploy', 'aws prod --yes --from apply'],
    ['rollback', 'aws prod'],
    ['destroy', 'aws dev'],
    ['previews', 'sweep aws'],
  ])('credentials of another account in %s %s too', async (command, words) => {
    await at.change({ account: 'account-2' })
    const { status, stdout } = await at.run(command, words)
    expect([status, stdout]).toEqual([1, expect.stringContaining('of the account account-2')])
  })
  it('a missing tool, and says where it is to be had', async () => {
    const [status, text] = await refused('aws prod --yes', {}, { TERRAFORM_BINARY_NAME: 'tofuu' })
    expect([status, text]).toEqual([1, expect.stringMatching(/tofuu cannot be found[\s\S]*https:/)])
  })
  it('to destroy protected data, and names it', async () => {
    const [status, text] = await refused('aws prod --yes', { films: false })
    expect([status, text]).toEqual([
      1,
      expect.stringContaining('protected data of aws-prod: terraform_data.films (delete)'),
    ])
  })
  it('to apply what nobody has agreed to', async () => {
    const [status, text] = await refused('aws prod', { version: '2' })
    expect([status, text]).toEqual([1, expect.stringContaining('Add --yes')])
  })
  it('to take for done what --from has left out', async () => {
    at.ready = 503
    await at.run('deploy', 'aws prod --yes --from smoke')
    at.ready = 200
    const { status, stdout } = await at.run('deploy', 'aws prod --yes')
    expect([status, doneBefore(stdout)], stdout).toEqual([0, []])
  })
  it('to go on without the bundles, and names what is gone', async () => {
    await rm(join(at.home, 'dist/aws/api.zip'))
    const [status, text] = await refused('aws prod --yes --from apply')
    expect([status, text]).toEqual([
      1,
      expect.stringMatching(/nothing built to go on with[\s\S]*without --from/),
    ])
  })
  it('nothing where a bundle was deleted and the build may run: it is made anew', async () => {
    await rm(join(at.home, 'dist/aws/api.zip'), { force: true })
    const { status, stdout } = await at.run('deploy', 'aws prod --yes')
    expect([status, stdout], stdout).toEqual([0, expect.stringMatching(/built anew[^\n]*aws\/api\.zip/)])
  })
})

describe.skipIf(!HAS_TERRAFORM)(`drift${WITH_TERRAFORM}`, () => {
  let at: Rehearsal
  // Nobody can change Terraform's own resource past Terraform: so the answer about drift is made up, and all else is real.
  const DRIFT = {
    resource_drift: [
      {
        address: 'terraform_data.films',
        type: 'terraform_data',
        change: {
          actions: ['update'],
          before: { input: { value: 'films' } },
          after: { input: { value: 'none' } },
        },
      },
    ],
  }
  const wrapper = () => join(at.home, 'terraform')
  const deploy = (words: string) => at.run('deploy', words, { TERRAFORM_BINARY_NAME: wrapper() })
  beforeAll(async () => {
    at = await Rehearsal.open()
    await writeFile(join(at.home, 'drift.json'), JSON.stringify(DRIFT))
    await writeFile(
      wrapper(),
      `#!/bin/sh
case "$*" in
  *-refresh-only*) exit 2 ;;
  *"show"*drift.tfplan*) cat ${at.home}/drift.json ;;
  *) exec terraform "$@" ;;
esac
`,
    )
    await chmod(wrapper(), 0o755)
  })
  afterAll(() => at[Symbol.asyncDispose]())

  it('stops a deployment, and names the resource and what of it was changed', async () => {
    const { status, stdout } = await deploy('aws dev --yes')
    expect([status, stdout], stdout).toEqual([
      1,
      expect.stringMatching(/terraform_data\.films \(input\)[\s\S]*--accept-drift/),
    ])
  })
  it('is overwritten by --accept-drift', async () => {
    const { status, stdout } = await deploy('aws dev --yes --accept-drift')
    expect([status, stdout.includes('drift is accepted')], stdout).toEqual([0, true])
  })
})
