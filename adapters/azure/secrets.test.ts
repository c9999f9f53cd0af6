import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { secretsContract } from '../../core/ports/secrets.contract.ts'
import { manualClock } from '../local/testing/clock.ts'
import { openManagedIdentity } from './credentials.ts'
import { openAzureSecrets } from './secrets.ts'
import { openIdentity } from './testing/identity.ts'
import { openKeyVault } from './testing/key-vault.ts'
import { openStrictServer } from './testing/strict-server.ts'

const TOKEN_KEY = JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: 'x', d: 'd' })

async function open() {
  const stack = new AsyncDisposableStack()
  const clock = manualClock()
  const identity = stack.use(await openIdentity(() => clock.now().getTime()))
  const given = { 'token-key': TOKEN_KEY, 'delivery-key': randomBytes(32).toString('base64url') }
  const vault = stack.use(await openKeyVault(identity, given))
  const driver = () => {
    const credential = openManagedIdentity(identity.identity, clock)
    return openAzureSecrets({ vault: vault.origin, credential, clock })
  }
  return {
    ...{ clock, identity, vault, secrets: driver(), elsewhere: driver() },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

secretsContract('a Key Vault', open)

describe('a Key Vault', () => {
  it('is asked once by calls that come together', async () => {
    await using at = await open()
    await Promise.all([1, 2, 3].map(() => at.secrets.get('token-key')))
    expect(at.vault.requests).toEqual(['GET /secrets/token-key'])
  })
  it('gives a changed value after five minutes, and not before', async () => {
    await using at = await open()
    await at.secrets.get('delivery-key')
    at.vault.secrets.set('delivery-key', 'changed')
    at.clock.advance(5 * 60_000 - 1)
    const before = await at.secrets.get('delivery-key')
    at.clock.advance(1)
    expect([before === 'changed', await at.secrets.get('delivery-key')]).toEqual([false, 'changed'])
  })
  it('is asked again after a failure', async () => {
    await using at = await open()
    await expect(at.secrets.get('cdn-key')).rejects.toThrow()
    at.vault.secrets.set('cdn-key', 'set up now')
    expect(await at.secrets.get('cdn-key')).toBe('set up now')
  })
  it('that refuses the identity is a failure, not a missing secret', async () => {
    await using at = await open()
    const getToken = async () => ({ token: 'forged', expiresOnTimestamp: 0 })
    const secrets = openAzureSecrets({ vault: at.vault.origin, credential: { getToken }, clock: at.clock })
    await expect(secrets.get('token-key')).rejects.toMatchObject({
      name: 'Error',
      message: expect.stringContaining('401'),
    })
  })
  it('that is another server altogether is a failure, not a missing secret', async () => {
    await using at = await open()
    await using other = await openStrictServer(() => ({ status: 404, body: 'nothing here' }))
    const credential = openManagedIdentity(at.identity.identity, at.clock)
    const secrets = openAzureSecrets({ vault: other.origin, credential, clock: at.clock })
    await expect(secrets.get('token-key')).rejects.toMatchObject({ name: 'Error' })
  })
})
