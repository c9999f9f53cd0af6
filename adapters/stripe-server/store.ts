/** A Stripe object as its API shows it (v1: snake case, unix seconds, amounts in minor units). */
export interface StripeObject {
  id: string
  object: string
  [field: string]: unknown
}

/** What happened, as `GET /v1/events` shows it: `data.object` is a snapshot of the moment. */
export interface StripeEvent extends StripeObject {
  object: 'event'
  type: string
  created: number
  livemode: boolean
  /** Of a connected account. */
  account?: string
  data: { object: StripeObject; previous_attributes?: Record<string, unknown> }
}

/**
 * All state of the server. Operations are synchronous: one that returns has happened whole, with its events; one that
 * throws has changed nothing (the store takes its changes back), but for a declined payment (402): what it tried stays.
 */
export interface Store {
  /** The object itself, not a copy: change it by `put` alone. */
  get(id: string): StripeObject | undefined
  /** Of one `object` type, oldest first. */
  all(type: string): readonly StripeObject[]
  /** Inserts or replaces, whole. */
  put(object: StripeObject): void
  remove(id: string): void
  /** `newId('sub')` is `sub_` and 24 letters and digits. */
  newId(prefix: string): string
  /** Unix seconds: of the test clock that the customer belongs to, else of the server. */
  now(customerId?: string): number
  /** Records an event with a snapshot of the object as it is now; it is delivered after the operation. */
  emit(type: string, object: StripeObject, previous?: Record<string, unknown>): void
}

/** An answer other than 2xx, in Stripe's form. */
export class StripeFailure extends Error {
  override readonly name = 'StripeFailure'
  readonly status: number
  readonly body: {
    type: string
    code?: string
    decline_code?: string
    param?: string
    [field: string]: unknown
  }
  constructor(status: number, body: StripeFailure['body'], message: string) {
    super(message)
    this.status = status
    this.body = body
  }
}

/** Form parameters, decoded: `items[0][price]=p` is `{ items: [{ price: 'p' }] }`. Leaves are text; `''` unsets. */
export type Params = { [name: string]: Param }
export type Param = string | Params | Param[]

export interface Operation {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** `/v1/subscriptions/:id`. */
  readonly path: string
  /** `path` holds the values of the named parts. `account`: of the header Stripe-Account. */
  run(
    store: Store,
    call: {
      readonly params: Params
      readonly path: Readonly<Record<string, string>>
      readonly account?: string
    },
  ): StripeObject
}
