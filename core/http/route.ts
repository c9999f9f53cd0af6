import type * as z from 'zod/mini'
import type { Ports } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import type { Context } from '../run/context.ts'
import type { HttpRequest } from './request.ts'
import type { HttpResponse } from './response.ts'

export type Schema<T = unknown> = z.ZodMiniType<T>

/** A body that is taken as bytes, such as a caption file. */
export interface RawBody {
  // `*/*` takes any type, and none.
  readonly mediaTypes: readonly string[]
  readonly maxBytes: number
}

export interface Answer {
  readonly description: string
  readonly schema?: Schema
  /** Where it is not JSON. */
  readonly mediaType?: string
}

/** What a handler gets: the request with its parts checked, and who asks. */
export interface Call<B, Q, A> {
  readonly request: HttpRequest
  readonly params: Readonly<Record<string, string>>
  readonly body: B
  readonly query: Q
  readonly actor: A
}

interface RouteFacts {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `/v1/videos/:id`. */
  readonly path: string
  /** One line for the API page. */
  readonly summary: string
  readonly description?: string
  readonly tag: string
  readonly answers: Readonly<Record<number, Answer>>
  /** Codes of the problems that this route may answer beyond the common ones. */
  readonly problems?: Readonly<Record<string, string>>
}

type ActorFor<Access> = Access extends 'user'
  ? Actor
  : Access extends 'optional'
    ? Actor | undefined
    : undefined
type Access = 'public' | 'optional' | 'user'

interface RouteInput<X extends Access, B, Q> extends RouteFacts {
  /** `user`: 401 without a good token. `optional`: a bad token is still 401, none is nobody. */
  readonly access: X
  readonly body?: Schema<B>
  readonly bodyMaxBytes?: number
  readonly rawBody?: RawBody
  readonly query?: Schema<Q>
  readonly handler: (call: Call<B, Q, ActorFor<X>>, ports: Ports, ctx: Context) => Promise<HttpResponse>
}

/** One operation of the API; the router and the OpenAPI document are made from it. */
export interface Route extends RouteFacts {
  readonly access: Access
  readonly body?: Schema
  readonly bodyMaxBytes?: number
  readonly rawBody?: RawBody
  readonly query?: Schema
  handler(call: Call<unknown, unknown, Actor | undefined>, ports: Ports, ctx: Context): Promise<HttpResponse>
}

/** Declares a route; body, query and actor reach the handler typed by what is declared here. */
export function route<X extends Access, B = undefined, Q = undefined>(input: RouteInput<X, B, Q>): Route {
  // The router has checked body, query and actor against these very declarations before it calls.
  return input as unknown as Route
}
