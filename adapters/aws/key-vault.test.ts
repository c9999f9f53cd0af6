import { describe, expect, it } from 'vitest'
import { keyVaultContract } from '../../core/ports/key-vault.contract.ts'
import { NotUnwrapped } from '../../core/ports/key-vault.ts'
import { openAwsKeyVault } from './key-vault.ts'
import { TEST_CREDENTIALS, testConfig } from './testing/config.ts'
import { openKms } from './testing/kms.ts'

const PLAIN = new Uint8Array(32).fill(5)

async function open(secretAccessKey = TEST_CREDENTIALS.secretAccessKey) {
  const kms = await openKms()
  const access = {
    config: testConfig({ endpoints: { kms: kms.endpoint } }),
    credentials: async () => ({ ...TEST_CREDENTIALS, secretAccessKey }),
  }
  const key = kms.create()
  const driver = (arn = key) => openAwsKeyVault({ ...access, key: arn })
  return {
    ...{ kms, keyVault: driver(), elsewhere: driver() },
    rotate: async () => driver(kms.create()),
    destroy: (version: string) => kms.destroy(version),
    leave: () => kms.refuseWith('KMSInternalException', 500),
    [Symbol.asyncDispose]: () => kms[Symbol.asyncDispose](),
  }
}

keyVaultContract('KMS', () => open())

describe('KMS', () => {
  it.each(['DisabledException', 'KMSInvalidStateException', 'AccessDeniedException'])(
    'fails, and calls nothing gone, when it answers %s',
    async (code) => {
      await using at = await open()
      const wrapped = await at.keyVault.wrap(PLAIN, 'a')
      at.kms.refuseWith(code)
      const error: unknown = await at.keyVault.unwrap(wrapped, 'a').catch((error: unknown) => error)
      expect([error instanceof NotUnwrapped, (error as Error).cause]).toMatchObject([false, { name: code }])
    },
  )
  it('does not open with one key what another has wrapped', async () => {
    await using at = await open()
    const { text } = await at.keyVault.wrap(PLAIN, 'a')
    const other = { version: at.kms.create(), text }
    await expect(at.keyVault.unwrap(other, 'a')).rejects.toThrow(NotUnwrapped)
  })
  it('fails, and calls nothing gone, when credentials are refused', async () => {
    await using at = await open('wrong')
    await expect(at.keyVault.wrap(PLAIN, 'a')).rejects.toMatchObject({
      cause: { name: 'SignatureDoesNotMatch' },
    })
  })
})
