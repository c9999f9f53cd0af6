import type { HttpResponse } from '../../core/http/response.ts'
import type { Log } from '../../core/run/log.ts'
import type { Form } from './http-forms.ts'

/** An answer whose body is not a stream any more. */
export type WholeResponse = Omit<HttpResponse, 'body'> & { readonly body?: string | Uint8Array }

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export interface NativeAnswer {
  readonly statusCode: number
  readonly headers?: Readonly<Record<string, string>>
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>
  readonly cookies?: readonly string[]
  readonly body: string
  readonly isBase64Encoded: boolean
}

/** How a form wants status, headers and cookies; the body is the same for all. */
export type Head = Omit<NativeAnswer, 'body' | 'isBase64Encoded'>
type Growing = { -readonly [Field in keyof NativeAnswer]: NativeAnswer[Field] }

/** The answer in the form that the request came in. A load balancer in the mode of single values gets one cookie. */
export function responseToAws(form: Form, answer: WholeResponse, log: Log): NativeAnswer {
  const { body } = answer
  // Each head is made anew, so it may become the answer: copying it was a third of the cost.
  const native = headToAws(form, answer, log) as Growing
  native.isBase64Encoded = typeof body === 'object' || (body !== undefined && isEncoded(answer.headers))
  native.body = body === undefined ? '' : native.isBase64Encoded ? toBase64(body) : (body as string)
  return native
}

/** Status, headers and cookies, as also the prelude of a stream takes them. */
export const headToAws = (
  form: Form,
  answer: Pick<HttpResponse, 'status' | 'headers' | 'cookies'>,
  log: Log,
) => HEADS[form](answer, log)

const HEADS: {
  readonly [F in Form]: (answer: Pick<HttpResponse, 'status' | 'headers' | 'cookies'>, log: Log) => Head
} = {
  'http-api': withCookies,
  'function-url': withCookies,
  rest: ({ status, headers = {}, cookies = [] }) =>
    cookies.length === 0
      ? { statusCode: status, headers }
      : { statusCode: status, headers, multiValueHeaders: { 'set-cookie': cookies } },
  alb: ({ status, headers, cookies = [] }, log) => {
    if (cookies.length > 1)
      log.error('cookies are lost: turn lambda.multi_value_headers.enabled on at the target group', {
        sent: 1,
        lost: cookies.length - 1,
      })
    const [first] = cookies
    return { statusCode: status, headers: { ...headers, ...(first && { 'set-cookie': first }) } }
  },
  'alb-multi': ({ status, headers = {}, cookies = [] }) => {
    const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
    return {
      statusCode: status,
      multiValueHeaders: cookies.length ? { ...lists, 'set-cookie': cookies } : lists,
    }
  },
  foreign: ({ status, headers = {} }) => ({ statusCode: status, headers }),
}

function withCookies({
  status,
  headers = {},
  cookies,
}: Pick<HttpResponse, 'status' | 'headers' | 'cookies'>): Head {
  return cookies === undefined || cookies.length === 0
    ? { statusCode: status, headers }
    : { statusCode: status, headers, cookies }
}

const isEncoded = (headers: HttpResponse['headers']): boolean =>
  headers !== undefined && (headers['content-encoding'] ?? 'identity') !== 'identity'

function toBase64(body: string | Uint8Array): string {
  const bytes =
    typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return bytes.toString('base64')
}
