import { generateKeyPairSync } from 'node:crypto'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** A service account of tests, made anew by each process. */
export const ACCOUNT = 'signer@demo-project.iam.gserviceaccount.com'
export const PRIVATE_PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
/** As Google's console gives it. */
export const KEY_FILE = JSON.stringify({
  type: 'service_account',
  client_email: ACCOUNT,
  private_key: PRIVATE_PEM,
})
