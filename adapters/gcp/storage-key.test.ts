import { describe, expect, it } from 'vitest'
import { systemClock } from '../node/clock.ts'
import { openGcpCredentials, openGoogleApi } from './credentials.ts'
import { openSigningKeys } from './storage-key.ts'
import { TOKEN } from './testing/env.ts'
import { openIam } from './testing/iam.ts'
import { ACCOUNT, KEY_FILE, PRIVATE_PEM } from './testing/keys.ts'
import { someSecrets } from './testing/served-storage.ts'

async function open(
  secrets: Parameters<typeof someSecrets>[0],
  serviceAccount: string | undefined = ACCOUNT,
) {
  const iam = await openIam({ token: TOKEN, account: ACCOUNT, privateKey: PRIVATE_PEM })
  const api = openGoogleApi({ credentials: openGcpCredentials({ token: TOKEN }), clock: systemClock })
  const key = openSigningKeys({ secrets: someSecrets(secrets), api, iam: iam.origin, serviceAccount })
  return { iam, key, [Symbol.asyncDispose]: iam[Symbol.asyncDispose] }
}

describe('the signing key of Cloud Storage', () => {
  it('is the same by its file and by IAM', async () => {
    await using byFile = await open({ 'storage-key': KEY_FILE })
    await using byIam = await open({})
    const [one, two] = [await byFile.key(), await byIam.key()]
    expect([two.account, await two.sign('text')]).toEqual([one.account, await one.sign('text')])
  })
  it('asks nobody where there is a file', async () => {
    await using at = await open({ 'storage-key': KEY_FILE })
    await (await at.key()).sign('text')
    expect(at.iam.requests).toEqual([])
  })
  it('is missing where there is neither a file nor an account', async () => {
    await using iam = await openIam({ token: TOKEN, account: ACCOUNT, privateKey: PRIVATE_PEM })
    const api = openGoogleApi({ credentials: openGcpCredentials({ token: TOKEN }), clock: systemClock })
    const key = openSigningKeys({ secrets: someSecrets({}), api, iam: iam.origin, serviceAccount: undefined })
    await expect(key()).rejects.toThrow('there is no secret storage-key')
  })
})
