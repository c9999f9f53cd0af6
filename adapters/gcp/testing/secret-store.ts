import { CRC32C } from '@google-cloud/storage'
import { googleError, json, openServer, type Received, type Reply } from './server.ts'

export interface SecretManager extends AsyncDisposable {
  readonly origin: string
  readonly refusals: string[]
  /** Paths that were asked for. */
  readonly requests: string[]
  /** By full name, prefix and all. */
  readonly values: Map<string, string>
  /** Answers the next request with this. */
  answerNext(reply: Reply): void
}

/** Secret Manager on this machine: `versions/latest:access`. */
export async function openSecretManager(options: {
  readonly project: string
  readonly token: string
  readonly secrets: Readonly<Record<string, string>>
}): Promise<SecretManager> {
  const [refusals, requests]: [string[], string[]] = [[], []]
  const values = new Map(Object.entries(options.secrets))
  let next: Reply | undefined
  const answer = ({ method, path, rawQuery, headers, body }: Received): Reply => {
    requests.push(path)
    const [, project, name] =
      /^\/v1\/projects\/([^/]+)\/secrets\/([\w-]+)\/versions\/latest:access$/.exec(path) ?? []
    if (headers.authorization !== `Bearer ${options.token}`)
      return googleError(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')
    if (method !== 'GET' || name === undefined || rawQuery !== '' || body.length > 0)
      return googleError(400, 'INVALID_ARGUMENT', 'No such method.')
    if (project !== options.project) return googleError(403, 'PERMISSION_DENIED', 'Permission denied.')
    const value = values.get(name)
    if (value === undefined)
      return googleError(404, 'NOT_FOUND', `Secret [${path}] not found or has no versions.`)
    return json({ name: `${path.slice(4)}`, payload: payloadOf(value) })
  }
  const server = await openServer(
    async (request) => {
      const reply = next ?? answer(request)
      next = undefined
      if (reply.status >= 400) refusals.push(`${request.method} ${request.path}: ${reply.body}`)
      return reply
    },
    (error) => void refusals.push(String(error)),
  )
  const answerNext = (reply: Reply) => {
    next = reply
  }
  return { ...server, ...{ refusals, requests, values, answerNext } }
}

/** By Google's own implementation: the driver's check meets an independent one. */
function payloadOf(value: string) {
  const sum = new CRC32C()
  sum.update(Buffer.from(value))
  const dataCrc32c = String(Buffer.from(sum.toString(), 'base64').readUInt32BE())
  return { data: Buffer.from(value).toString('base64'), dataCrc32c }
}
