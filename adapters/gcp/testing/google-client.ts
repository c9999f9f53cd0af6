import { createRequire } from 'node:module'
import { Storage } from '@google-cloud/storage'
import { ACCOUNT, PRIVATE_PEM } from './keys.ts'

const ofStorage = createRequire(createRequire(import.meta.url).resolve('@google-cloud/storage'))

/**
 * Google's own client as one that signs with the key of tests, and asks nobody who it is. Its option `credentials` would
 * print a warning for each client, and it signs by itself with its own copy of google-auth-library alone.
 */
export function openGoogleSigner(apiEndpoint = 'https://storage.googleapis.com'): Storage {
  const { JWT } = ofStorage('google-auth-library')
  const authClient = new JWT({ email: ACCOUNT, key: PRIVATE_PEM })
  const client = new Storage({ apiEndpoint, projectId: 'demo', authClient })
  client.authClient.jsonContent = { client_email: ACCOUNT }
  return client
}
