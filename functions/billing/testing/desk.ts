import { openTestColumn, type TestColumn } from '../../../adapters/local/testing/column.ts'
import { applyObject } from '../../../core/billing/apply.ts'
import type { Gone, ProviderObject } from '../../../core/billing/provider-objects.ts'
import { users } from '../../../core/database/schema.ts'
import { createRouter, type Router } from '../../../core/http/router.ts'
import { aRequest, jsonOf } from '../../../core/http/testing/request.ts'
import { organisationRoutes } from '../../../core/identity/organisations-routes.ts'
import type { Ports } from '../../../core/ports/ports.ts'
import type { Config } from '../../../core/run/config.ts'
import { commit } from '../../../core/run/emit.ts'
import { idFromUuid, isId, type UserId } from '../../../core/run/id.ts'
import billingApi from '../api.ts'

export interface Desk extends AsyncDisposable {
  readonly column: TestColumn
  /** Somebody with an account. */
  person(email?: string, id?: UserId): Promise<Caller>
  /** Somebody whose account was made elsewhere. */
  known(id: UserId): Caller
  readonly nobody: Caller
  /** Writes what the provider has, as its webhooks would. */
  put(...objects: (ProviderObject | Gone)[]): Promise<void>
}

export interface DeskOptions {
  readonly config?: Partial<Config>
  readonly ports?: Partial<Ports>
}

/** The billing API and that of organisations over a column of one's own, without HTTP between. A header says who asks. */
export async function openDesk(options: DeskOptions = {}): Promise<Desk> {
  const column = await openTestColumn(options)
  const { ports, ctx } = column
  const router = createRouter([...billingApi.routes, ...organisationRoutes], async ({ headers }) => {
    const userId = headers['x-user'] ?? ''
    const sessionId = idFromUuid('ses', '0'.repeat(32))
    return isId('usr', userId) ? { userId: userId as UserId, sessionId } : undefined
  })
  const at = { router, column }
  const person = async (
    email = `person-${ports.ids.secret(6).toLowerCase()}@example.org`,
    id = idFromUuid('usr', ports.ids.uuid()),
  ) => {
    const createdAt = ports.clock.now()
    await ports.db.insert(users).values({ id, email, name: 'Ada', passwordHash: 'none', createdAt })
    return new Caller(at, id, email)
  }
  const put = (...objects: (ProviderObject | Gone)[]) =>
    commit(ports, ctx, async (tx, emit) => {
      const now = ports.clock.now()
      const where = { tx, emit, provider: 'stripe', now, ids: ports.ids, log: ctx.log } as const
      for (const object of objects) await applyObject(where, object, [])
    })
  const nobody = new Caller(at, undefined, '')
  const known = (id: UserId) => new Caller(at, id, '')
  return { column, person, known, nobody, put, [Symbol.asyncDispose]: () => column[Symbol.asyncDispose]() }
}

export interface Told<T> {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: T
}
interface ProblemBody {
  readonly code?: string
  readonly errors?: readonly { readonly field: string; readonly rule: string }[]
}

/** Speaks to the API as one user. */
export class Caller {
  readonly userId: UserId | undefined
  readonly email: string
  private readonly at: { readonly router: Router; readonly column: TestColumn }
  constructor(at: Caller['at'], userId: UserId | undefined, email: string) {
    this.at = at
    this.userId = userId
    this.email = email
  }

  async call<T = unknown>(
    method: string,
    target: string,
    json?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Told<T>> {
    const { pathname: path, searchParams: query } = new URL(target, 'http://localhost')
    const who = this.userId === undefined ? {} : { 'x-user': this.userId }
    const request = aRequest(method, path, { query, json, headers: { ...who, ...headers } })
    const { ports, ctx } = this.at.column
    const answer = await this.at.router.handle(request, ports, ctx)
    const body = answer.status === 204 || answer.status === 304 ? undefined : jsonOf(answer)
    return { status: answer.status, headers: answer.headers ?? {}, body: body as T }
  }

  /** As `call`, with an Idempotency-Key. */
  keyed<T = unknown>(key: string, method: string, target: string, json?: unknown): Promise<Told<T>> {
    return this.call<T>(method, target, json, { 'idempotency-key': key })
  }

  async get<T>(target: string): Promise<T> {
    return (await this.call<T>('GET', target)).body
  }

  /** Status, problem code and each broken field with its rule: `422 invalid-input body.priceId:unknown`. */
  async refusal(
    method: string,
    target: string,
    json?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const { status, body } = await this.call<ProblemBody>(method, target, json, headers)
    const fields = (body?.errors ?? []).map(({ field, rule }) => `${field}:${rule}`)
    return [status, body?.code, ...fields].join(' ')
  }
}
