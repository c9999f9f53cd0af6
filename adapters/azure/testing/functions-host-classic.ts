import { type Exchange, headersOf, readBody } from './functions-host-request.ts'

interface Nullable<T> {
  readonly value: T
}
interface WireCookie {
  readonly name: string
  readonly value: string
  readonly domain?: Nullable<string>
  readonly path?: Nullable<string>
  readonly expires?: Nullable<{ readonly seconds: number }>
  readonly maxAge?: Nullable<number>
  readonly secure?: Nullable<boolean>
  readonly httpOnly?: Nullable<boolean>
  readonly sameSite?: string
}
interface WireHttp {
  readonly statusCode: string
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: readonly WireCookie[]
  readonly body?: { readonly bytes?: Uint8Array }
}

/** Without `enableHttpStream` a request and its answer are one message each. */
export async function answerClassic({ app, message, response, target, hit }: Exchange): Promise<void> {
  const url = new URL(target, `http://${message.headers.host ?? 'localhost'}`)
  // A target that begins with two slashes must not become the authority.
  const whole = target.startsWith('//') ? `${url.protocol}//${message.headers.host}${target}` : url.href
  const body = await readBody(message)
  const http = {
    ...{ method: message.method, url: whole, headers: {}, query: {}, params: {} },
    nullableHeaders: nullable(headersOf(message)),
    // Of several values the host hands over the last (azure-functions-nodejs-library#168).
    nullableQuery: nullable(Object.fromEntries(url.searchParams)),
    nullableParams: nullable(hit.params),
    ...(body.length > 0 ? { body: { bytes: body } } : {}),
  }
  const { returnValue } = await app.invoke({ name: hit.name, data: { http } })
  const answer = (returnValue as { http?: WireHttp } | undefined)?.http
  if (!answer) return void response.writeHead(204).end()
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value)
  if (answer.cookies?.length) response.setHeader('set-cookie', answer.cookies.map(setCookie))
  response.writeHead(Number(answer.statusCode)).end(answer.body?.bytes)
}

const nullable = (record: Readonly<Record<string, string>>): Record<string, Nullable<string>> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, { value }]))

/** As ASP.NET's `ResponseCookies.Append` writes it: value escaped, `path=/` where none is told. */
function setCookie(cookie: WireCookie): string {
  const { name, value, expires, maxAge, domain, path, secure, httpOnly, sameSite } = cookie
  const attributes = [
    expires && `expires=${new Date(expires.value.seconds * 1000).toUTCString()}`,
    maxAge && `max-age=${Math.trunc(maxAge.value)}`,
    domain && `domain=${domain.value}`,
    `path=${path?.value ?? '/'}`,
    secure?.value && 'secure',
    sameSite && SAME_SITE[sameSite],
    httpOnly?.value && 'httponly',
  ]
  const escaped = encodeURIComponent(value).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)
  return [`${name}=${escaped}`, ...attributes.filter((attribute) => attribute)].join('; ')
}

const SAME_SITE: Readonly<Record<string, string>> = {
  lax: 'samesite=lax',
  strict: 'samesite=strict',
  explicitNone: 'samesite=none',
}
