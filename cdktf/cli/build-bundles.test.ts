import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildBundles } from './build-bundles.ts'
import { ROOT } from './testing/run-command.ts'

const nowhere = join(ROOT, 'no such dist')

/** What was said and built for these clouds where nothing is there yet. */
function built(clouds: Parameters<typeof buildBundles>[0], status = 0) {
  const [said, calls]: [string[], string[]] = [[], []]
  const build = (options: readonly string[]) => {
    calls.push(options.join(' '))
    return status
  }
  buildBundles(clouds, { dist: nowhere, plan: [], build, say: (line) => said.push(line) })
  return { said, calls }
}

describe('bundles that are missing', () => {
  it('are built for their cloud and its machines', () => {
    expect(built(['aws', 'gcp']).calls).toEqual(['--cloud aws --arch arm64', '--cloud gcp --arch x64'])
  })
  it('are built once for several stacks of a cloud', () => {
    expect(built(['azure', 'azure']).calls).toEqual(['--cloud azure --arch x64'])
  })
  it('are named before the build, which takes some seconds', () => {
    expect(built(['aws']).said).toEqual(['building for aws: dist/manifest.json is not there'])
  })
  it('stop the command where the build fails', () => {
    expect(() => built(['aws'], 1)).toThrow('npm run build -- --cloud aws --arch arm64 ended with status 1')
  })
})
