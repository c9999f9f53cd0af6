import type { WireAnswer, WireRequest } from './http-case.ts'

/** What AWS makes of a wire request in one of its forms, and of a function's return value. */
export interface AwsForm {
  readonly name: string
  event(request: WireRequest): object
  answer(returned: unknown): WireAnswer
}

const DOMAIN = 'api.example.com'
const REQUEST_ID = 'b1f0c7d2-3c4e-4f5a-8b6c-1d2e3f4a5b6c'

interface Parts {
  readonly rawPath: string
  readonly search: string
  /** Lower-case names with all their values, in order. */
  readonly headers: ReadonlyMap<string, readonly string[]>
}

/** Every front adds the client's address behind what the client has claimed. */
function partsOf({ target, headers, clientIp }: WireRequest): Parts {
  const mark = target.indexOf('?')
  const all = new Map<string, string[]>([['host', [DOMAIN]]])
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    all.set(lower, [...(all.get(lower) ?? []), value])
  }
  const claimed = all.get('x-forwarded-for') ?? []
  all.set('x-forwarded-for', [[...claimed, clientIp].join(', ')])
  all.set('x-forwarded-proto', ['https'])
  return {
    rawPath: mark < 0 ? target : target.slice(0, mark),
    search: mark < 0 ? '' : target.slice(mark + 1),
    headers: all,
  }
}

/** The gateways pass text as text, decoded as UTF-8, and everything else as base64. */
const TEXT = /^(?:text\/|application\/(?:json|javascript|xml|x-www-form-urlencoded))/i

function bodyOf({ body }: WireRequest, { headers }: Parts, always64 = false) {
  if (!body || body.byteLength === 0) return { body: undefined, isBase64Encoded: false }
  const type = headers.get('content-type')?.[0] ?? ''
  const text = !always64 && TEXT.test(type) && !headers.has('content-encoding')
  const bytes = Buffer.from(body)
  return { body: bytes.toString(text ? 'utf8' : 'base64'), isBase64Encoded: !text }
}

const joined = (headers: Parts['headers'], separator: string) =>
  Object.fromEntries([...headers].map(([name, values]) => [name, values.join(separator)]))

/** HTTP APIs alone decode the path before they hand it over, whatever its field is named. */
function decodedByGateway(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path // what the gateway does with it is not known: see the gaps
  }
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
function eventV2(request: WireRequest, kind: 'http-api' | 'function-url'): object {
  const parts = partsOf(request)
  const isApi = kind === 'http-api'
  const rawPath = isApi ? decodedByGateway(parts.rawPath) : parts.rawPath
  const domainName = isApi ? DOMAIN : 'a1b2c3.lambda-url.eu-central-1.on.aws'
  const cookies = (parts.headers.get('cookie') ?? []).flatMap((line) => line.split(/;\s*/))
  const { cookie: _, ...headers } = joined(parts.headers, ',')
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: parts.search,
    ...(cookies.length > 0 ? { cookies } : {}),
    headers,
    requestContext: {
      accountId: isApi ? '123456789012' : 'anonymous',
      apiId: 'a1b2c3',
      domainName,
      domainPrefix: 'api',
      http: {
        method: request.method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: request.clientIp,
        userAgent: '',
      },
      requestId: REQUEST_ID,
      routeKey: '$default',
      stage: '$default',
      time: '02/Jan/2026:03:04:05 +0000',
      timeEpoch: 1_767_323_045_678,
    },
    ...bodyOf(request, parts),
  }
}

/** Keys as they come: `__proto__` must not become the map's prototype. */
function multiMap(pairs: Iterable<readonly [string, string]>): Record<string, string[]> {
  const map: Record<string, string[]> = Object.create(null)
  for (const [name, value] of pairs) {
    const values = map[name] ?? []
    values.push(value)
    map[name] = values
  }
  return map
}
const lastOf = (map: Record<string, string[]>): Record<string, string> => {
  const single: Record<string, string> = Object.create(null)
  for (const [name, values] of Object.entries(map)) single[name] = values.at(-1) ?? ''
  return single
}
const orNull = <T extends object>(map: T): T | null => (Object.keys(map).length > 0 ? map : null)

/** REST names headers as the client wrote them, in both maps, and decodes the query. All media types are set to binary. */
function eventV1(request: WireRequest): object {
  const parts = partsOf(request)
  const written = new Map(request.headers.map(([name]) => [name.toLowerCase(), name]))
  const headers = multiMap(
    [...parts.headers].flatMap(([name, values]) =>
      values.map((value) => [written.get(name) ?? name, value] as const),
    ),
  )
  const query = multiMap(new URLSearchParams(parts.search))
  return {
    resource: '/{proxy+}',
    path: parts.rawPath,
    httpMethod: request.method,
    headers: lastOf(headers),
    multiValueHeaders: headers,
    queryStringParameters: orNull(lastOf(query)),
    multiValueQueryStringParameters: orNull(query),
    pathParameters: { proxy: parts.rawPath.slice(1) },
    stageVariables: null,
    requestContext: {
      accountId: '123456789012',
      apiId: 'a1b2c3',
      httpMethod: request.method,
      identity: { sourceIp: request.clientIp, userAgent: '' },
      path: `/prod${parts.rawPath}`,
      protocol: 'HTTP/1.1',
      requestId: REQUEST_ID,
      resourcePath: '/{proxy+}',
      stage: 'prod',
    },
    ...nullBody(bodyOf(request, parts, true)),
  }
}
const nullBody = ({ body, isBase64Encoded }: { body: string | undefined; isBase64Encoded: boolean }) => ({
  body: body ?? null,
  isBase64Encoded,
})

function rawPairs(search: string): (readonly [string, string])[] {
  const pairs = search.split('&').filter((pair) => pair !== '')
  return pairs.map((pair) => {
    const equals = pair.indexOf('=')
    return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
  })
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html: the query is not decoded. */
function eventAlb(request: WireRequest, multi: boolean): object {
  const parts = partsOf(request)
  const query = multiMap(rawPairs(parts.search))
  const headers = Object.fromEntries(parts.headers)
  const maps = multi
    ? { multiValueHeaders: headers, multiValueQueryStringParameters: query }
    : { headers: lastOf(headers as Record<string, string[]>), queryStringParameters: lastOf(query) }
  const { body, isBase64Encoded } = bodyOf(request, parts)
  return {
    requestContext: {
      elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/api/1' },
    },
    httpMethod: request.method,
    path: parts.rawPath,
    ...maps,
    body: body ?? '',
    isBase64Encoded,
  }
}

interface Returned {
  readonly statusCode?: number
  readonly headers?: Readonly<Record<string, unknown>>
  readonly multiValueHeaders?: Readonly<Record<string, readonly unknown[]>>
  readonly cookies?: readonly string[]
  readonly body?: string
  readonly isBase64Encoded?: boolean
}

function answerOf(returned: unknown, cookiesFrom: 'list' | 'multi' | 'single'): WireAnswer {
  const {
    statusCode = 0,
    headers = {},
    multiValueHeaders = {},
    cookies = [],
    body = '',
    isBase64Encoded,
  } = returned as Returned
  const many = Object.entries(multiValueHeaders).map(
    ([name, values]) => [name.toLowerCase(), values.map(String)] as const,
  )
  const single = Object.entries(headers).map(
    ([name, value]) => [name.toLowerCase(), [String(value)]] as const,
  )
  const all = new Map<string, readonly string[]>([...single, ...many])
  const set = cookiesFrom === 'list' ? cookies : (all.get('set-cookie') ?? [])
  all.delete('set-cookie')
  return {
    status: statusCode,
    headers: Object.fromEntries([...all].map(([name, values]) => [name, values.join(', ')])),
    cookies: set,
    body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
  }
}

/** The forms in which a function is invoked whole: the streaming Function URL goes by another protocol. */
export const AWS_FORMS: readonly AwsForm[] = [
  {
    name: 'http-v2',
    event: (request) => eventV2(request, 'http-api'),
    answer: (r) => answerOf(r, 'list'),
  },
  {
    name: 'function-url',
    event: (request) => eventV2(request, 'function-url'),
    answer: (r) => answerOf(r, 'list'),
  },
  { name: 'rest-v1', event: eventV1, answer: (r) => answerOf(r, 'multi') },
  { name: 'alb-multi', event: (request) => eventAlb(request, true), answer: (r) => answerOf(r, 'multi') },
  { name: 'alb-single', event: (request) => eventAlb(request, false), answer: (r) => answerOf(r, 'single') },
]
