import { randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair } from 'jose'
import { describe, expect, it } from 'vitest'
import { secretsContract } from '../../core/ports/secrets.contract.ts'
import { SecretMissing } from '../../core/ports/secrets.ts'
import { manualClock } from '../local/testing/clock.ts'
import { systemClock } from '../node/clock.ts'
import { openGcpCredentials, openGoogleApi } from './credentials.ts'
import { openGcpSecrets } from './secrets.ts'
import { crc32c } from './secrets-checksum.ts'
import { TOKEN } from './testing/env.ts'
import { openSecretManager } from './testing/secret-store.ts'
import { googleError, json } from './testing/server.ts'

const project = 'demo-project'

async function open(token = TOKEN) {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const manager = await openSecretManager({
    ...{ project, token: TOKEN },
    secrets: {
      'demo-token-key': JSON.stringify(await exportJWK(privateKey)),
      'demo-delivery-key': randomBytes(32).toString('base64url'),
    },
  })
  const clock = manualClock()
  const api = openGoogleApi({ credentials: openGcpCredentials({ token }), clock: systemClock })
  const driver = () => openGcpSecrets({ project, prefix: 'demo-', endpoint: manager.origin, api, clock })
  return {
    manager,
    clock,
    secrets: driver(),
    elsewhere: driver(),
    [Symbol.asyncDispose]: manager[Symbol.asyncDispose],
  }
}

secretsContract('Secret Manager', () => open())

describe('Secret Manager', () => {
  it('asks once for calls that come together', async () => {
    await using at = await open()
    await Promise.all([1, 2, 3].map(() => at.secrets.get('delivery-key')))
    expect(at.manager.requests).toHaveLength(1)
  })
  it('keeps a value for five minutes', async () => {
    await using at = await open()
    await at.secrets.get('delivery-key')
    at.manager.values.set('demo-delivery-key', 'rotated')
    at.clock.advance(299_000)
    expect(await at.secrets.get('delivery-key')).not.toBe('rotated')
    at.clock.advance(1000)
    expect(await at.secrets.get('delivery-key')).toBe('rotated')
  })
  it('does not keep a failure', async () => {
    await using at = await open()
    at.manager.answerNext(googleError(403, 'PERMISSION_DENIED', 'Permission denied.'))
    await expect(at.secrets.get('delivery-key')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    expect(await at.secrets.get('delivery-key')).toBe(at.manager.values.get('demo-delivery-key'))
  })
  it('takes a refused credential for a failure, not for a missing secret', async () => {
    await using at = await open('wrong')
    await expect(at.secrets.get('cdn-key')).rejects.not.toBeInstanceOf(SecretMissing)
  })
  it('refuses a value whose checksum does not fit', async () => {
    await using at = await open()
    at.manager.answerNext(json({ name: 'x', payload: { data: 'aGVsbG8=', dataCrc32c: '1' } }))
    await expect(at.secrets.get('delivery-key')).rejects.toThrow('do not fit their checksum')
  })
  it('checks by the sum that RFC 3720 gives for its own example', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
  })
})
