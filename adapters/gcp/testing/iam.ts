import { createPrivateKey, sign } from 'node:crypto'
import {
  googleError,
  json,
  openServer,
  type Received,
  type Reply,
  type TestServer,
  unknownIn,
} from './server.ts'

/** IAM Credentials on this machine: `signBlob` of one service account. */
export async function openIam(options: {
  readonly token: string
  readonly account: string
  readonly privateKey: string
}): Promise<TestServer & { readonly requests: string[] }> {
  const requests: string[] = []
  const key = createPrivateKey(options.privateKey)
  const answer = ({ method, path, headers, body }: Received): Reply => {
    if (headers.authorization !== `Bearer ${options.token}`)
      return googleError(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')
    if (method !== 'POST' || path !== `/v1/projects/-/serviceAccounts/${options.account}:signBlob`)
      return googleError(404, 'NOT_FOUND', 'Not found.')
    const said = JSON.parse(body.toString()) as { payload?: string }
    if (typeof said.payload !== 'string' || unknownIn(said, ['payload', 'delegates']).length > 0)
      return googleError(400, 'INVALID_ARGUMENT', 'Invalid JSON payload received.')
    const signedBlob = sign('sha256', Buffer.from(said.payload, 'base64'), key).toString('base64')
    return json({ keyId: 'demo', signedBlob })
  }
  const server = await openServer(
    async (request) => {
      requests.push(request.path)
      return answer(request)
    },
    (error) => void requests.push(String(error)),
  )
  return { ...server, requests }
}
