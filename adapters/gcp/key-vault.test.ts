import { describe, expect, it } from 'vitest'
import { keyVaultContract } from '../../core/ports/key-vault.contract.ts'
import { NotUnwrapped } from '../../core/ports/key-vault.ts'
import { openGcpCredentials, openGoogleApi } from './credentials.ts'
import { openGcpKeyVault } from './key-vault.ts'
import { TOKEN } from './testing/env.ts'
import { openCloudKms } from './testing/kms.ts'
import { json, type Reply } from './testing/server.ts'

const key = 'projects/demo-project/locations/europe-west1/keyRings/skyreel/cryptoKeys/films'
const PLAIN = new Uint8Array(32).fill(5)

async function open(token = TOKEN) {
  const kms = await openCloudKms({ token: TOKEN, key })
  // Nobody waits between tries.
  const clock = { now: () => new Date(0), sleep: async () => undefined }
  const api = openGoogleApi({ credentials: openGcpCredentials({ token }), clock })
  const driver = () => openGcpKeyVault({ key, endpoint: kms.origin, api })
  const dispose = async () => await kms[Symbol.asyncDispose]()
  return {
    ...{ kms, keyVault: driver(), elsewhere: driver() },
    rotate: async () => {
      kms.addVersion()
      return driver()
    },
    destroy: (version: string) => kms.destroy(version),
    leave: dispose,
    [Symbol.asyncDispose]: dispose,
  }
}

/** The answer with other fields. */
const changed = (fields: object) => (reply: Reply) =>
  json({ ...(JSON.parse(String(reply.body)) as object), ...fields })

keyVaultContract('Cloud KMS', () => open())

describe('Cloud KMS', () => {
  it('fails, and calls nothing gone, while a version is disabled', async () => {
    await using at = await open()
    const wrapped = await at.keyVault.wrap(PLAIN, 'a')
    at.kms.disable(wrapped.version)
    await expect(at.keyVault.unwrap(wrapped, 'a')).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' })
  })
  it('fails, and calls nothing gone, where its token is refused', async () => {
    await using at = await open()
    await using other = await open('wrong')
    const wrapped = await at.keyVault.wrap(PLAIN, 'a')
    await expect(other.keyVault.unwrap(wrapped, 'a')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })
  it('asks for no other resource than a key version', async () => {
    await using at = await open()
    const { text } = await at.keyVault.wrap(PLAIN, 'a')
    const wrapped = { version: `${key}/../../other/cryptoKeyVersions/1`, text }
    await expect(at.keyVault.unwrap(wrapped, 'a')).rejects.toThrow(NotUnwrapped)
    expect(at.kms.refusals).toEqual([])
  })
  it.each([
    ['bytes that do not fit their sum', { ciphertextCrc32c: '1' }],
    ['no proof that it checked the key', { verifiedPlaintextCrc32c: false }],
    ['no proof that it checked the context', { verifiedAdditionalAuthenticatedDataCrc32c: undefined }],
  ])('is not believed to have wrapped with %s', async (_, fields) => {
    await using at = await open()
    at.kms.answerNext(changed(fields))
    await expect(at.keyVault.wrap(PLAIN, 'a')).rejects.toThrow('Cloud KMS')
  })
  it('is not believed to have unwrapped bytes that do not fit their sum', async () => {
    await using at = await open()
    const wrapped = await at.keyVault.wrap(PLAIN, 'a')
    at.kms.answerNext(changed({ plaintext: Buffer.alloc(32).toString('base64') }))
    await expect(at.keyVault.unwrap(wrapped, 'a')).rejects.toThrow('does not fit its checksum')
  })
})
