import { SecretMissing, type Secrets } from '../../core/ports/secrets.ts'
import type { GoogleApi } from './credentials.ts'
import { readSigningKey, type SigningKey } from './storage-sign.ts'

/** Asked before each signature: a key that was replaced is used as soon as the secrets tell. */
export type OpenSigningKey = () => Promise<SigningKey>

/**
 * Signs with the key file in the secret `storage-key`: no request, under a millisecond. A deployment without that secret
 * signs by IAM as its own service account: no key to keep, but one request a signature, some 50 ms each.
 */
export function openSigningKeys(options: {
  readonly secrets: Secrets
  readonly api: GoogleApi
  /** Origin of the IAM Credentials service. */
  readonly iam: string
  readonly serviceAccount: string | undefined
}): OpenSigningKey {
  let known: { readonly json: string; readonly key: SigningKey } | undefined
  let byIam: SigningKey | undefined
  const read = async () => {
    const json = await options.secrets.get('storage-key')
    if (known?.json !== json) known = { json, key: readSigningKey(json) }
    return known.key
  }
  return async () => {
    if (byIam) return byIam
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof SecretMissing) || options.serviceAccount === undefined) throw error
      byIam = iamKey(options.api, options.iam, options.serviceAccount)
      return byIam
    }
  }
}

/** https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signBlob */
function iamKey(api: GoogleApi, iam: string, account: string): SigningKey {
  const url = `${iam}/v1/projects/-/serviceAccounts/${account}:signBlob`
  const sign = async (text: string) => {
    const payload = Buffer.from(text).toString('base64')
    const { signedBlob } = await api({ method: 'POST', url, body: { payload } })
    if (typeof signedBlob !== 'string') throw new Error('IAM answered without a signature')
    return Buffer.from(signedBlob, 'base64')
  }
  return { account, sign }
}
