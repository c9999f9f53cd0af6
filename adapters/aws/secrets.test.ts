import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { secretsContract } from '../../core/ports/secrets.contract.ts'
import { SecretMissing } from '../../core/ports/secrets.ts'
import { manualClock } from '../local/testing/clock.ts'
import { openAwsSecrets } from './secrets.ts'
import { TEST_CREDENTIALS, testConfig } from './testing/config.ts'
import { openSecretsManager } from './testing/secrets-server.ts'

async function open(secretAccessKey = TEST_CREDENTIALS.secretAccessKey) {
  const values = {
    'skyreel/test/token-key': JSON.stringify(
      generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
    ),
    'skyreel/test/delivery-key': randomBytes(32).toString('base64url'),
  }
  const server = await openSecretsManager(values, ['skyreel/test/stripe-key'])
  const clock = manualClock()
  const access = {
    config: testConfig({ endpoints: { secretsManager: server.endpoint } }),
    credentials: async () => ({ ...TEST_CREDENTIALS, secretAccessKey }),
  }
  const driver = () => openAwsSecrets({ ...access, clock })
  const dispose = () => server[Symbol.asyncDispose]()
  return { secrets: driver(), elsewhere: driver(), server, clock, [Symbol.asyncDispose]: dispose }
}

type Opened = Awaited<ReturnType<typeof open>>

secretsContract('Secrets Manager', () => open())

describe('Secrets Manager', () => {
  it('is asked once by those who ask together', async () => {
    await using at = await open()
    await Promise.all(Array.from({ length: 10 }, () => at.secrets.get('token-key')))
    expect(at.server.asked).toEqual(['skyreel/test/token-key'])
  })
  it('is not asked again within five minutes', async () => {
    await using at = await open()
    await at.secrets.get('token-key')
    at.clock.advance(299_999)
    await at.secrets.get('token-key')
    expect(at.server.asked).toHaveLength(1)
  })
  it('gives a changed value after five minutes', async () => {
    await using at = await open()
    await at.secrets.get('token-key')
    at.server.values.set('skyreel/test/token-key', 'changed')
    at.clock.advance(300_000)
    expect(await at.secrets.get('token-key')).toBe('changed')
  })
  it('is asked again after a failure', async () => {
    await using at = await open()
    at.server.refuseWith('DecryptionFailure')
    await at.secrets.get('token-key').catch(() => undefined)
    at.server.refuseWith(undefined)
    expect(await at.secrets.get('token-key')).toContain('Ed25519')
  })
  it('has no secret where a container is empty', async () => {
    await using at = await open()
    await expect(at.secrets.get('stripe-key')).rejects.toThrow(SecretMissing)
  })
  it('is asked again for a secret that was missing', async () => {
    await using at = await open()
    await at.secrets.get('cdn-key').catch(() => undefined)
    at.server.values.set('skyreel/test/cdn-key', 'made since')
    expect(await at.secrets.get('cdn-key')).toBe('made since')
  })
  it.each([
    ['cannot decrypt', ({ server }: Opened) => server.refuseWith('DecryptionFailure')],
    ['has marked it for deletion', ({ server }: Opened) => server.refuseWith('InvalidRequestException')],
    ['holds bytes', ({ server }: Opened) => server.values.set('skyreel/test/token-key', new Uint8Array([1]))],
  ])('fails, and calls nothing missing, when the service %s', async (_, breakIt) => {
    await using at = await open()
    breakIt(at)
    const error: unknown = await at.secrets.get('token-key').catch((error: unknown) => error)
    expect([error instanceof Error, error instanceof SecretMissing]).toEqual([true, false])
  })
  it('fails, and calls nothing missing, when credentials are refused', async () => {
    await using at = await open('wrong')
    await expect(at.secrets.get('token-key')).rejects.toMatchObject({
      cause: { name: 'SignatureDoesNotMatch' },
    })
  })
})
