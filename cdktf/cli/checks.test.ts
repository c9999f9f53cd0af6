import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { placeOf } from '../shared/place.ts'
import { CONFIG } from '../shared/wanted-stacks.ts'
import { checkReady } from './checks.ts'
import { environmentFor } from './terraform.ts'
import { readWords } from './words.ts'

const { dev } = CONFIG
const ours = placeOf('aws', {
  ...dev,
  budget: { ...dev.budget, alertEmails: ['video@skyreel.io'] },
  aws: { ...dev.aws, accountId: '123412341234', host: 'video.skyreel.io', zoneId: 'Z0123456789ABCDEFGHIJ' },
})
const bin = await mkdtemp(join(tmpdir(), 'skyreel-bin-'))
afterAll(() => rm(bin, { recursive: true, force: true }))
await writeFile(join(bin, 'tofu'), '#!/bin/sh\n')
await chmod(join(bin, 'tofu'), 0o755)
await writeFile(join(bin, 'terraform'), 'no program')

describe('a command', () => {
  it('goes on with a config of ones own and OpenTofu', () => {
    const env = { PATH: bin, TERRAFORM_BINARY_NAME: 'tofu' }
    expect(() => checkReady('deploy', [ours], env)).not.toThrow()
  })
  it('stops where the file of that name is no program', () => {
    expect(() => checkReady('deploy', [ours], { PATH: bin })).toThrow('terraform is not on the PATH')
  })
  it.each(['diff', 'deploy', 'watch'] as const)('%s refuses examples', (command) => {
    expect(() => checkReady(command, [placeOf('gcp', dev)], { PATH: bin })).toThrow('gcp.projectId')
  })
  it.each(['list', 'synth'] as const)('%s takes examples and needs no Terraform', (command) => {
    expect(() => checkReady(command, [placeOf('gcp', dev)], { PATH: '' })).not.toThrow()
  })
})

describe('the variables of the program', () => {
  it('keep it from asking for a newer one', () => {
    expect(environmentFor({})).toEqual({ CHECKPOINT_DISABLE: '1' })
  })
  it('take away a configuration that is not there', () => {
    expect(environmentFor({ TF_CLI_CONFIG_FILE: join(bin, 'nowhere') })).toHaveProperty(
      'TF_CLI_CONFIG_FILE',
      undefined,
    )
  })
  it('leave one that is there', () => {
    expect(environmentFor({ TF_CLI_CONFIG_FILE: join(bin, 'tofu') })).not.toHaveProperty('TF_CLI_CONFIG_FILE')
  })
})

describe('the words behind cdktf', () => {
  it.each([
    [['deploy', 'aws-dev', '--auto-approve'], 'deploy', ['aws-dev']],
    [['deploy', '--var', 'a=b', 'aws-dev', '--parallelism', '2'], 'deploy', ['aws-dev']],
    [['-o', 'out', 'plan', 'gcp-dev'], 'diff', ['gcp-dev']],
    [['apply', 'aws-dev', 'gcp-dev'], 'deploy', ['aws-dev', 'gcp-dev']],
    [['provider', 'list'], undefined, ['list']],
  ])('%j are command and stacks', (words, command, stacks) => {
    expect(readWords(words)).toMatchObject({ command, stacks, passed: words })
  })
  it('of synth are handed on without the stacks: the program takes none', () => {
    expect(readWords(['synth', 'aws-dev', '-o', 'out']).passed).toEqual(['synth', '-o', 'out'])
  })
  it.each([[['list', '--app', 'x']], [['list', '--app=x']], [['-a', 'x', 'list']]])(
    '%j name another app',
    (words) => {
      expect(readWords(words).ownApp).toBe(true)
    },
  )
})
