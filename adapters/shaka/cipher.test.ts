import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { MediaFailed } from '../../core/ports/media.ts'
import { KEY } from '../ffmpeg/testing/keys.ts'
import { openFolder } from '../ffmpeg/testing/tasks.ts'
import { type Cipher, cipherArgs, cipherFor, withoutKeys } from './cipher.ts'
import { packageTrack } from './packager.ts'

const { signal } = new AbortController()
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const CBCS: Cipher = { does: 'encrypt', scheme: 'cbcs', key: KEY }

async function failureOf(cipher: Cipher): Promise<MediaFailed> {
  await using folder = await openFolder()
  const track = { input: 'film.mp4', output: 'out', stream: 'video', segmentSeconds: 1 } as const
  try {
    await packageTrack({ ...track, folder: folder.path, cipher }, signal)
  } catch (error) {
    if (error instanceof MediaFailed) return error
  }
  throw new Error('it did not fail')
}

it.each([CBCS, { does: 'decrypt', key: KEY }] as const)(
  'keeps keys out of the command line to $does',
  (cipher) => {
    const { label, args, env } = cipherArgs(cipher)
    expect([label, ...args].join(' ')).not.toContain(hex(KEY.key))
    expect(Object.values(env).join()).toContain(hex(KEY.key))
  },
)

it('keeps keys out of what is said of a packager that repeats its arguments', async () => {
  const failed = await failureOf({ ...CBCS, key: { ...KEY, keyId: 'no key id' } })
  expect(failed.tail).toContain('key_id=no key id:key=<key>')
  expect(inspect(failed, { depth: 9 })).not.toContain(hex(KEY.key))
})

it('keeps keys out of what is said of a packager that finds no film', async () => {
  expect(inspect(await failureOf(CBCS), { depth: 9 })).not.toContain(hex(KEY.key))
})

it('keeps the end of a key out of what is said, where that begins within it', async () => {
  const failing = async () => {
    throw new MediaFailed('it failed', `${hex(KEY.key).slice(9)}:iv=1`)
  }
  await expect(withoutKeys(CBCS, failing)).rejects.toMatchObject({ tail: '<key>:iv=1' })
})

it('gives a constant IV with cbcs', () => {
  expect(Object.values(cipherArgs(CBCS).env).join()).toContain(`:iv=${hex(KEY.iv)}`)
})

it('gives no IV with cenc, whose counter must not be used twice', () => {
  expect(Object.values(cipherArgs({ ...CBCS, scheme: 'cenc' }).env).join()).not.toContain('iv=')
})

it('does not take the key of one label for another', () => {
  expect(() => cipherFor({ scheme: 'cbcs', keys: { SD: KEY } }, 'HD')).toThrow('no key for HD')
})
