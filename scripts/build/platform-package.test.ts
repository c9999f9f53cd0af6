import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { check, lockedVersion, platformPackage } from './platform-package.ts'

const bytes = Buffer.from('a package')
const integrity = (content: Uint8Array) => `sha512-${createHash('sha512').update(content).digest('base64')}`

it('takes a package that npm has installed', async () => {
  expect(existsSync(join(await platformPackage('@ffmpeg/core'), 'package.json'))).toBe(true)
})
it('knows the version of a package for another platform from the lock file', async () => {
  expect(await lockedVersion('@node-rs/argon2-linux-arm64-gnu')).toBe(await lockedVersion('@node-rs/argon2'))
})
it('refuses a package that the lock file does not hold', async () => {
  await expect(platformPackage('no-such-package')).rejects.toThrow('package-lock.json has no no-such-package')
})
it('takes bytes that the lock file names', () => {
  expect(() => check(bytes, integrity(bytes), 'it')).not.toThrow()
})
it('refuses bytes that differ from what the lock file names', () => {
  expect(() => check(bytes, integrity(Buffer.from('another')), 'it')).toThrow(
    'it is not what package-lock.json names',
  )
})
