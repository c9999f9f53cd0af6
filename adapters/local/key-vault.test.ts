import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { keyVaultContract } from '../../core/ports/key-vault.contract.ts'
import { SecretMissing } from '../../core/ports/secrets.ts'
import { openLocalKeyVault } from './key-vault.ts'
import { openLocalSecrets } from './secrets.ts'
import { addWrappingKey, removeWrappingKey } from './wrapping-key-file.ts'

const PLAIN = new Uint8Array(32).fill(5)

async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-keys-'))
  let away = false
  const driver = () => {
    const files = openLocalSecrets(folder)
    const get: typeof files.get = async (name) => {
      if (away) throw new SecretMissing('the disk is away')
      return files.get(name)
    }
    return openLocalKeyVault({ secrets: { get } })
  }
  return {
    ...{ folder, keyVault: driver(), elsewhere: driver() },
    rotate: async () => {
      await addWrappingKey(folder)
      return driver()
    },
    destroy: (version: string) => removeWrappingKey(folder, version),
    leave: () => {
      away = true
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

keyVaultContract('the key file of one machine', open)

describe('the key file of one machine', () => {
  it('is read by its owner alone, also after a key was added', async () => {
    await using at = await open()
    await at.keyVault.wrap(PLAIN, 'a')
    await at.rotate()
    expect((await stat(join(at.folder, 'wrapping-key'))).mode & 0o777).toBe(0o600)
  })
  it('is read anew by a process that runs while a key is added', async () => {
    await using at = await open()
    await at.keyVault.version()
    const rotated = await at.rotate()
    expect(await at.keyVault.version()).toBe(await rotated.version())
  })
  it('keeps the key that wraps now', async () => {
    await using at = await open()
    const version = await at.keyVault.version()
    await expect(removeWrappingKey(at.folder, version)).rejects.toThrow('wraps now')
  })
  it.each(['', '[]', 'null', '{"id":"a"}', '[{"id":"a","key":"c2hvcnQ"}]'])(
    'is refused without a word of it where it is %j',
    async (text) => {
      const vault = openLocalKeyVault({ secrets: { get: async () => text } })
      await expect(vault.version()).rejects.toThrow(
        'the secret wrapping-key is not a list of ids and 32-byte keys',
      )
    },
  )
})
