import { describe, expect, it } from 'vitest'
import { readAzureConfig } from './config.ts'
import { anAzureEnvironment } from './testing/environment.ts'

describe('the configuration of a deployment on Azure', () => {
  it('names every variable that is wrong or missing, with its rule, in one error', () => {
    const { SKYREEL_BUCKET_MEDIA: _, ...env } = anAzureEnvironment()
    expect(() => readAzureConfig({ ...env, SKYREEL_SECRETS: 'my-vault' })).toThrow(
      'SKYREEL_BUCKET_MEDIA is missing: it must be the name of a blob container; ' +
        'SKYREEL_SECRETS must be an origin without a path',
    )
  })
  it('takes an empty variable for a missing one', () => {
    expect(() => readAzureConfig({ ...anAzureEnvironment(), SKYREEL_BUS: '' })).toThrow(
      'SKYREEL_BUS is missing',
    )
  })
  it('finds the endpoints of an account by its name', () => {
    expect(readAzureConfig(anAzureEnvironment()).storage).toMatchObject({
      blobEndpoint: 'https://skyreelprod.blob.core.windows.net',
      queueEndpoint: 'https://skyreelprod.queue.core.windows.net',
      key: undefined,
    })
  })
  it.each([
    'films',
    'https://skyreel.vault.azure.net/secrets/films',
    'https://skyreel.vault.azure.net/keys/a/1',
  ])('takes no %s for the URL of a key', (key) => {
    const env = { ...anAzureEnvironment(), SKYREEL_KEY_VAULT_KEY: key }
    expect(() => readAzureConfig(env)).toThrow('SKYREEL_KEY_VAULT_KEY must be the URL of a key')
  })
  it('never repeats a value, which may be a secret', () => {
    expect(() => readAzureConfig({ ...anAzureEnvironment(), SKYREEL_STORAGE_KEY: 'hunter2' })).not.toThrow(
      'hunter2',
    )
  })
})
