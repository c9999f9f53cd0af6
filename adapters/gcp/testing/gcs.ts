import { createPublicKey, type KeyObject } from 'node:crypto'
import { jsonError, xmlError } from './gcs-answers.ts'
import { answerJson } from './gcs-json.ts'
import { type Notifier, openNotifier } from './gcs-notify.ts'
import { checkSignature } from './gcs-sign.ts'
import { type CorsRule, type GcsStore, openGcsStore, PreconditionFailed } from './gcs-store.ts'
import { answerUpload } from './gcs-uploads.ts'
import { answerXml } from './gcs-xml.ts'
import { openServer, type Received, type Reply } from './server.ts'

export interface GcsOptions {
  readonly buckets: Readonly<Record<string, readonly CorsRule[]>>
  /** The access token that is good. */
  readonly token: string
  /** Service accounts that may sign, with their public or private key as PEM. */
  readonly accounts: Readonly<Record<string, string>>
  readonly now?: () => Date
  /** The real store takes no smaller part but the last. */
  readonly minPartBytes?: number
}

export interface Gcs extends AsyncDisposable {
  readonly origin: string
  readonly store: GcsStore
  /** What was asked for and refused: method, path and why. */
  readonly refusals: string[]
  /** Notifications that were given up, a sentence each; they are among the refusals as well. */
  readonly lost: readonly string[]
  /** POSTs a CloudEvent there for each object that is finished from now on; see `Notifier`. */
  readonly subscribe: Notifier['subscribe']
  /** Answers the next so many requests with 503. */
  fail(requests: number): void
  /** Resolves when every notification was acknowledged. */
  drain(): Promise<void>
}

const MIN_PART_BYTES = 5 * 1024 ** 2

/** Cloud Storage on this machine: JSON and XML interface, V4 signatures, resumable and multipart uploads, notifications. */
export async function openGcs(options: GcsOptions): Promise<Gcs> {
  const [refusals, lost]: [string[], string[]] = [[], []]
  const note = (because: string) => void refusals.push(because)
  const notifier = openNotifier((because) => {
    lost.push(because)
    note(because)
  })
  const now = options.now ?? (() => new Date())
  const store = openGcsStore({ now, onFinalized: notifier.finalized })
  for (const [name, cors] of Object.entries(options.buckets)) store.addBucket(name, cors)
  const accounts = new Map(Object.entries(options.accounts).map(([who, pem]) => [who, createPublicKey(pem)]))
  let failures = 0
  const answer = async (request: Received): Promise<Reply> =>
    failures-- > 0
      ? away(request)
      : answerAs(request, { ...options, accounts, now, store, origin: server.origin })
  const server = await openServer(
    async (request) => {
      const reply = await answer(request)
      if (reply.status >= 400) note(`${request.method} ${request.path}: ${reply.status} ${reply.body ?? ''}`)
      return reply
    },
    (error) => note(String(error)),
  )
  const dispose = async () => {
    notifier.stop()
    await server[Symbol.asyncDispose]()
  }
  return {
    origin: server.origin,
    ...{ store, refusals, lost },
    subscribe: notifier.subscribe,
    fail: (requests) => {
      failures = requests
    },
    drain: notifier.drain,
    [Symbol.asyncDispose]: dispose,
  }
}

interface Known {
  readonly store: GcsStore
  readonly token: string
  readonly accounts: ReadonlyMap<string, KeyObject>
  readonly now: () => Date
  readonly origin: string
  readonly minPartBytes?: number
}

const isJson = ({ path }: Received) => /^\/(upload\/)?storage\/v1\//.test(path)

const away = (request: Received): Reply =>
  isJson(request)
    ? jsonError(503, 'backendError', 'Backend Error')
    : xmlError(503, 'ServiceUnavailable', 'Please reduce your request rate.')

async function answerAs(request: Received, known: Known): Promise<Reply> {
  const denied = deny(request, known)
  if (denied) return denied
  try {
    if (request.path.startsWith('/upload/')) return await answerUpload(known.store, request, known.origin)
    if (isJson(request)) return await answerJson(known.store, request)
    const { origin, minPartBytes = MIN_PART_BYTES } = known
    return await answerXml(known.store, request, { origin, minPartBytes })
  } catch (error) {
    if (!(error instanceof PreconditionFailed)) throw error
    return isJson(request)
      ? jsonError(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.')
      : xmlError(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold.')
  }
}

/** A session's URL is the right to use it; a preflight asks for nothing. */
function deny(request: Received, { token, accounts, now }: Known): Reply | undefined {
  if (request.query.has('upload_id') || request.method === 'OPTIONS') return undefined
  const asJson = isJson(request)
  const signed = asJson ? 'unsigned' : checkSignature(request, accounts, now())
  if (signed === 'signed') return undefined
  if (signed !== 'unsigned') return xmlError(403, 'SignatureDoesNotMatch', signed.refused)
  const { authorization } = request.headers
  if (authorization === `Bearer ${token}`) return undefined
  const status = authorization === undefined && !asJson ? 403 : 401
  return asJson
    ? jsonError(401, 'authError', 'Invalid Credentials')
    : xmlError(status, status === 403 ? 'AccessDenied' : 'AuthenticationRequired', 'Access denied.')
}
