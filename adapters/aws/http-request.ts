import { readCookies } from '../../core/http/cookies.ts'
import { Problem } from '../../core/http/problem.ts'
import type { HttpRequest } from '../../core/http/request.ts'
import { decodePath } from '../../core/http/target.ts'
import { isRecord, type NativeRecord } from './events-native.ts'
import { clientIpOf } from './http-client-ip.ts'
import { comesDecoded, type Form, formOf } from './http-forms.ts'
import { type Headers, headersOf } from './http-headers.ts'
import { queryOf } from './http-query.ts'

const NO_BODY = new Uint8Array(0)
const NO_PARAMS = Object.freeze({})
const NOTHING: NativeRecord = Object.freeze({})

/** A native request as far as it can be read without refusing it: enough to name it in the log. */
export interface Arrived {
  readonly native: NativeRecord
  readonly form: Form
  readonly headers: Headers
}

/** Never throws. */
export function arrive(event: unknown): Arrived {
  const native = isRecord(event) ? event : NOTHING
  const form = formOf(native)
  return { native, form, headers: headersOf(native, form) }
}

/** The neutral request. Throws a 400 Problem for what is no request and for a path that cannot be read. */
export const requestFromAws = (event: unknown, trustedHops = 0): HttpRequest =>
  requestOf(arrive(event), trustedHops)

/** The same of one that has arrived. */
export function requestOf(arrived: Arrived, trustedHops: number): HttpRequest {
  const { native, form } = arrived
  if (form === 'foreign') throw notHttp('It is in none of the forms that a gateway sends.')
  const http = httpOf(native)
  const method = http ? http.method : native.httpMethod
  const path = http ? native.rawPath : native.path
  if (typeof method !== 'string' || typeof path !== 'string') throw notHttp('It has no method or no path.')
  return new LambdaRequest(
    arrived,
    method.toUpperCase(),
    pathOf(path, comesDecoded(form, native)),
    trustedHops,
  )
}

const httpOf = ({ requestContext }: NativeRecord): NativeRecord | undefined =>
  isRecord(requestContext) && isRecord(requestContext.http) ? requestContext.http : undefined

function pathOf(path: string, decoded: boolean): string {
  if (path === '') return '/'
  // What has been decoded must not be so again, yet is checked by the same rules.
  return decodePath(decoded && UNSAFE.test(path) ? path.replace(UNSAFE_ALL, encodeURIComponent) : path)
}
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const UNSAFE = /[%\u0000-\u001f\u007f]/
const UNSAFE_ALL = new RegExp(UNSAFE, 'g')

/**
 * Query, cookies and body are read when they are asked for: most handlers want one of them at most. A class, because
 * accessors on a prototype cost nothing where defining them on each request costs 0.7 µs; no private names, because the
 * router lays an object over it.
 */
class LambdaRequest implements HttpRequest {
  readonly method: string
  readonly path: string
  readonly headers: Headers
  readonly params: HttpRequest['params'] = NO_PARAMS
  readonly clientIp: string
  private readonly arrived: Arrived
  private readQuery: URLSearchParams | undefined = undefined
  private readCookie: HttpRequest['cookies'] | undefined = undefined
  private readBody: Uint8Array | undefined = undefined

  constructor(arrived: Arrived, method: string, path: string, trustedHops: number) {
    this.method = method
    this.path = path
    this.headers = arrived.headers
    this.clientIp = clientIpOf(arrived, trustedHops)
    this.arrived = arrived
  }
  get query(): URLSearchParams {
    this.readQuery ??= queryOf(this.arrived.native, this.arrived.form)
    return this.readQuery
  }
  get cookies(): HttpRequest['cookies'] {
    this.readCookie ??= readCookies(this.headers.cookie)
    return this.readCookie
  }
  get body(): Uint8Array {
    this.readBody ??= bodyOf(this.arrived.native)
    return this.readBody
  }
}

function bodyOf({ body, isBase64Encoded }: NativeRecord): Uint8Array {
  if (typeof body !== 'string' || body === '') return NO_BODY
  return Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8')
}

const notHttp = (detail: string) =>
  new Problem({ status: 400, code: 'not-http', title: 'This is no HTTP request', detail })
