import { authorize } from './authorization.ts'
import { cardOfToken } from './engine/test-cards.ts'
import { expandOf, present } from './expanding.ts'
import { decodeForm, decodeJson } from './form-decoding.ts'
import { type Answer, fingerprintOf, keyInUse, rememberAnswer, rememberedAnswer } from './idempotency.ts'
import type { Cause, MemoryStore } from './memory-store.ts'
import { checkParams, type Found, tableOf } from './operation-table.ts'
import { page } from './paging.ts'
import { methodOf } from './resources/payment-methods.ts'
import { type Operation, type Params, StripeFailure, type StripeObject } from './store.ts'

export interface CallRequest {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}
export interface CallAnswer extends Answer {
  readonly headers: Readonly<Record<string, string>>
}
export interface Api {
  /** Reads the body after the key is taken: a second request with the same key meanwhile is refused. */
  answer(request: Omit<CallRequest, 'body'>, body: () => Promise<string>): Promise<CallAnswer>
}
export interface ApiOptions {
  readonly store: MemoryStore
  readonly key: string
  readonly operations: readonly Operation[]
  /** Told of errors that are nobody's refusal. */
  readonly failed: (error: unknown, path: string) => void
}

/** Stripe's API over a store. https://docs.stripe.com/api */
export function openApi(options: ApiOptions): Api {
  const find = tableOf(options.operations)
  const inUse = new Set<string>()
  const { store } = options
  return {
    async answer(head, body) {
      const requestId = store.newId('req')
      const key = head.method === 'GET' ? undefined : head.headers['idempotency-key']
      const scoped = key && `${accountOf(head) ?? ''}:${key}`
      const held = scoped !== undefined && !inUse.has(scoped)
      try {
        authorize(head.headers.authorization, options.key)
        if (key && scoped && !held) throw keyInUse(key)
        if (scoped) inUse.add(scoped)
        const request = { ...head, body: await body() }
        return headed(request, await answerOnce(options, { find, request, requestId, scoped }), requestId)
      } catch (error) {
        return headed(head, failure(options, error, { path: head.path, requestId }), requestId)
      } finally {
        if (scoped && held) inUse.delete(scoped)
      }
    },
  }
}

interface Call {
  readonly find: ReturnType<typeof tableOf>
  readonly request: CallRequest
  readonly requestId: string
  readonly scoped: string | undefined
}

async function answerOnce(options: ApiOptions, call: Call): Promise<Answer> {
  const { store } = options
  const { request, requestId, scoped } = call
  const params = paramsOf(request)
  const fingerprint = fingerprintOf(request.method, request.path, request.query, JSON.stringify(params))
  const before = scoped && rememberedAnswer(store, scoped, fingerprint)
  if (before) return before
  const answer = run(options, call, params, requestId)
  // A refusal of the parameters is not remembered: the next try with this key may be right.
  if (scoped && (answer.status < 300 || answer.status === 402)) {
    rememberAnswer(store, scoped, fingerprint, answer)
  }
  return answer
}

function run(options: ApiOptions, call: Call, params: Params, requestId: string): Answer {
  const { store } = options
  const { path, method } = call.request
  const found = call.find(method, path)
  if (!found) throw unrecognized(method, path)
  const account = accountOf(call.request)
  if (account !== undefined && store.get(account)?.object !== 'account') throw noAccount(account)
  const key = call.request.headers['idempotency-key']
  const cause = { requestId, ...(account ? { account } : {}), ...(key ? { idempotencyKey: key } : {}) }
  try {
    const object = store.atomically(() => perform(store, found, { params, cause }), cause)
    return { status: 200, body: JSON.stringify(object), requestId }
  } catch (error) {
    return failure(options, error, { path, requestId })
  }
}

function perform(
  store: MemoryStore,
  { operation, path }: Found,
  { params, cause }: { params: Params; cause: Cause },
): StripeObject {
  checkParams(operation, params)
  const { account } = cause
  const made = withReadyMethod(store, params)
  const result = operation.run(store, { params: made, path, ...(account ? { account } : {}) })
  const cut = operation.method === 'GET' ? page(result, params) : result
  return present(store, cut, expandOf(params))
}

// `pm_card_visa` stands for a payment method that is made when it is used.
function withReadyMethod(store: MemoryStore, params: Params): Params {
  const { payment_method: id } = params
  return typeof id === 'string' && cardOfToken(id)
    ? { ...params, payment_method: methodOf(store, id).id }
    : params
}

function paramsOf({ path, query, body, headers }: CallRequest): Params {
  const inQuery = decodeForm(query)
  const json = path.startsWith('/v2/') || headers['content-type']?.startsWith('application/json')
  return { ...inQuery, ...(json ? decodeJson(body) : decodeForm(body)) }
}

function accountOf({ headers }: Pick<CallRequest, 'headers'>): string | undefined {
  return headers['stripe-account'] || headers['stripe-context'] || undefined
}

function headed(request: Omit<CallRequest, 'body'>, answer: Answer, requestId: string): CallAnswer {
  const version = request.headers['stripe-version']
  const key = request.headers['idempotency-key']
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'request-id': requestId,
    ...(version ? { 'stripe-version': version } : {}),
    ...(key ? { 'idempotency-key': key } : {}),
  }
  if (answer.requestId !== requestId) {
    headers['idempotent-replayed'] = 'true'
    headers['original-request'] = answer.requestId
  }
  return { ...answer, headers }
}

function failure(options: ApiOptions, error: unknown, at: { path: string; requestId: string }): Answer {
  if (!(error instanceof StripeFailure)) options.failed(error, at.path)
  const { status, body, message } =
    error instanceof StripeFailure
      ? error
      : new StripeFailure(500, { type: 'api_error' }, 'The server failed.')
  const shown = { ...body, message }
  return { status, body: JSON.stringify({ error: shown }), requestId: at.requestId }
}

function unrecognized(method: string, path: string): StripeFailure {
  return new StripeFailure(
    404,
    { type: 'invalid_request_error' },
    `Unrecognized request URL (${method}: ${path}).`,
  )
}

function noAccount(account: string): StripeFailure {
  return new StripeFailure(
    403,
    { type: 'invalid_request_error', code: 'account_invalid' },
    `The provided key does not have access to account '${account}' (or that account does not exist).`,
  )
}
