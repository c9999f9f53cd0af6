import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type LockedPackages, missingPlatforms } from './lock-platforms.ts'
import { ROOT } from './settings.ts'

const wants = (version: string) => ({ optionalDependencies: { '@x/cli-linux-x64-musl': version } })

describe('packages of other platforms', () => {
  it('are all in the lock file, which npm ci refuses without them', async () => {
    const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: LockedPackages
    }
    expect(missingPlatforms(lock.packages)).toEqual({})
  })
  it('are added with what their names say', () => {
    expect(missingPlatforms({ 'node_modules/x': wants('1.0.0') })).toEqual({
      'node_modules/@x/cli-linux-x64-musl': {
        version: '1.0.0',
        optional: true,
        cpu: ['x64'],
        os: ['linux'],
        libc: ['musl'],
      },
    })
  })
  it('lie beside the package that wants them where another version is at the root', () => {
    const packages = {
      'node_modules/@x/cli-linux-x64-musl': { version: '2.0.0' },
      'node_modules/y/node_modules/x': wants('1.0.0'),
    }
    expect(Object.keys(missingPlatforms(packages))).toEqual([
      'node_modules/y/node_modules/@x/cli-linux-x64-musl',
    ])
  })
  it('are left to npm where a range is wanted', () => {
    expect(missingPlatforms({ 'node_modules/x': wants('^1.0.0') })).toEqual({})
  })
})
