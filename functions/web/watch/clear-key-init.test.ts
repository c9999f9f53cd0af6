import { expect, it } from 'vitest'
import { allKeysAtOnce } from './clear-key-init.ts'

const [A, B] = ['a7e61c373e219033c21091fa607bf3b8', '0123456789abcdef0123456789abcdef']
const one = new Uint8Array([1, 2, 3])
const drm = (keySystem: string, keyIds: readonly string[]) => ({ keySystem, keyIds: new Set(keyIds) })

it('makes the box of w3.org/TR/eme-initdata-cenc that names every key', () => {
  // Size 68, "pssh", version 1, the common system id, two key ids, no data.
  const box = `00000044707373680100000${'0'}1077efecc0b24d02ace33c1e52e2fb4b00000002${B}${A}00000000`
  expect(Buffer.from(allKeysAtOnce(one, 'cenc', drm('org.w3.clearkey', [A, B]))).toString('hex')).toBe(box)
})

it('makes the same of both tracks, so that one licence is asked for', () => {
  expect(allKeysAtOnce(one, 'cenc', drm('org.w3.clearkey', [A, B]))).toEqual(
    allKeysAtOnce(new Uint8Array([4]), 'cenc', drm('org.w3.clearkey', [B, A])),
  )
})

it.each([
  ['of other systems', drm('com.widevine.alpha', [A, B])],
  ['of a manifest that names no keys', drm('org.w3.clearkey', [])],
  ['of nothing known', null],
])('leaves the data alone %s', (_name, facts) => {
  expect(allKeysAtOnce(one, 'cenc', facts)).toBe(one)
})
