import { describe, expect, it } from 'vitest'
import { terraformMissing, terraformWhy } from '../cdktf/schema-check/testing/terraform.ts'
import { runScript } from './testing/run-script.ts'

describe('npm run infra-check', () => {
  it('tells with --help what it asks', async () => {
    const { stdout } = await runScript('infra-check.ts', ['--help'])
    expect(stdout).toContain('npm run infra-check -- [stack...]')
  })
  it('names the stacks where one is unknown', async () => {
    const { stderr, status } = await runScript('infra-check.ts', ['aws-moon'])
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining('there is no stack aws-moon; there are aws-dev'),
    ])
  })
  it('refuses an option that it does not know', async () => {
    const { stderr, status } = await runScript('infra-check.ts', ['--fix'])
    expect([status, stderr]).toEqual([1, expect.stringContaining("Unknown option '--fix'")])
  })
})

describe.skipIf(terraformMissing !== undefined)(`with terraform${terraformWhy}`, () => {
  it('tells of each stack that it is valid, and how long it took', async () => {
    const { stdout } = await runScript('infra-check.ts', ['gcp-dev'])
    expect(stdout).toMatch(/^gcp-dev +valid +\d+\.\d s\n$/)
  })
})
