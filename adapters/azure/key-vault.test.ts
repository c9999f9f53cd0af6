import { describe, expect, it } from 'vitest'
import { keyVaultContract } from '../../core/ports/key-vault.contract.ts'
import { NotUnwrapped } from '../../core/ports/key-vault.ts'
import { openManagedIdentity } from './credentials.ts'
import { openAzureKeyVault } from './key-vault.ts'
import { openIdentity } from './testing/identity.ts'
import { openKeyVaultKeys } from './testing/key-vault-keys.ts'
import { openStrictServer } from './testing/strict-server.ts'

const PLAIN = new Uint8Array(32).fill(5)
// Nobody waits between tries.
const clock = { now: () => new Date(), sleep: async () => undefined }

async function open() {
  const stack = new AsyncDisposableStack()
  const identity = stack.use(await openIdentity())
  const vault = stack.use(await openKeyVaultKeys(identity))
  const driver = (key = vault.key) =>
    openAzureKeyVault({ key, credential: openManagedIdentity(identity.identity, clock), clock })
  return {
    ...{ vault, driver, keyVault: driver(), elsewhere: driver() },
    rotate: async () => {
      vault.addVersion()
      return driver()
    },
    destroy: (version: string) => vault.destroy(version),
    leave: async () => await vault[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

keyVaultContract('the keys of a Key Vault', open)

describe('the keys of a Key Vault', () => {
  it('wrap with the version that the URL names, where it names one', async () => {
    await using at = await open()
    const first = await at.keyVault.version()
    at.vault.addVersion()
    expect((await at.driver(first).wrap(PLAIN, 'a')).version).toBe(first)
  })
  it('fail, and call nothing gone, while a version is disabled', async () => {
    await using at = await open()
    const wrapped = await at.keyVault.wrap(PLAIN, 'a')
    at.vault.disable(wrapped.version)
    await expect(at.keyVault.unwrap(wrapped, 'a')).rejects.toThrow(/403 .*disabled key/)
  })
  it('get no request where a version is said to be of another vault', async () => {
    await using at = await open()
    await using other = await openStrictServer(() => ({ status: 500 }))
    const { version, text } = await at.keyVault.wrap(PLAIN, 'a')
    const elsewhere = { version: `${other.origin}${new URL(version).pathname}`, text }
    await expect(at.keyVault.unwrap(elsewhere, 'a')).rejects.toThrow(NotUnwrapped)
    expect(other.requests).toEqual([])
  })
  it('are not said to be gone by another server’s 404', async () => {
    await using at = await open()
    await using other = await openStrictServer(() => ({ status: 404, body: 'nothing here' }))
    const version = `${other.origin}/keys/films/${'0'.repeat(32)}`
    const driver = at.driver(`${other.origin}/keys/films`)
    await expect(driver.unwrap({ version, text: 'AAAA' }, 'a')).rejects.toThrow(/answered 404/)
  })
})
