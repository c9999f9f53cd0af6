import { JSON_MAX_BYTES, JSON_MAX_DEPTH } from './json-body.ts'
import type { Route } from './route.ts'

export interface ApiProblem {
  /** `409`, or `4XX` where the route does not say. */
  readonly status: string
  readonly code: string
  readonly meaning: string
}

const problem = (status: number, code: string, meaning: string): ApiProblem => ({
  status: String(status),
  code,
  meaning,
})

/**
 * The problems of a route: those that its declaration brings along (token, body, query), then its own.
 * A route's own entry may begin with its status: `'email-taken': '409: There is an account ...'`.
 */
export function problemsOf(route: Route): ApiProblem[] {
  const own = Object.entries(route.problems ?? {}).map(([code, text]) => ownProblem(code, text))
  return [
    ...tokenProblems(route),
    ...pathProblems(route),
    ...bodyProblems(route),
    ...inputProblems(route),
    ...own,
  ]
}

/** What any address may answer, also one that no route has. */
export const ANYWHERE: readonly ApiProblem[] = [
  problem(404, 'no-such-route', 'Nothing answers at this address.'),
  problem(405, 'method-not-allowed', 'The address has other methods; the header `allow` names them.'),
  problem(500, 'internal', 'Something failed on our side. The request id finds it in the log.'),
]

function ownProblem(code: string, text: string): ApiProblem {
  const match = /^([45]\d\d)[:\s]\s*(.*)$/s.exec(text)
  return { status: match?.[1] ?? '4XX', code, meaning: match?.[2] ?? text }
}

function tokenProblems({ access }: Route): ApiProblem[] {
  if (access === 'public') return []
  const missing = access === 'user' ? [problem(401, 'unauthorized', 'No access token came.')] : []
  return [
    ...missing,
    problem(401, 'token-expired', 'The access token has expired: refresh it.'),
    problem(401, 'token-invalid', 'The access token is forged, damaged or not for this API.'),
    problem(401, 'session-ended', 'The session was signed out: sign in again.'),
  ]
}

function pathProblems({ method, path }: Route): ApiProblem[] {
  if (!path.includes('/:')) return []
  const missing = problem(404, 'not-found', 'There is none with this id, or none that you may see.')
  const foreign = problem(403, 'forbidden', 'It is not yours to change.')
  return method === 'GET' ? [missing] : [missing, foreign]
}

function bodyProblems({ body, bodyMaxBytes, rawBody }: Route): ApiProblem[] {
  if (rawBody)
    return [
      problem(413, 'body-too-large', `The body has more than ${rawBody.maxBytes} bytes.`),
      problem(415, 'unsupported-media-type', `The content type is not ${rawBody.mediaTypes.join(' or ')}.`),
    ]
  if (!body) return []
  return [
    problem(400, 'invalid-json', 'The body is not JSON.'),
    problem(400, 'invalid-utf8', 'The body is not UTF-8.'),
    problem(400, 'json-too-deep', `The JSON nests more than ${JSON_MAX_DEPTH} levels.`),
    problem(413, 'body-too-large', `The body has more than ${bodyMaxBytes ?? JSON_MAX_BYTES} bytes.`),
    problem(415, 'unsupported-media-type', 'The content type is not application/json.'),
  ]
}

function inputProblems({ body, query }: Route): ApiProblem[] {
  if (!body && !query) return []
  return [problem(422, 'invalid-input', 'A field breaks a rule; `errors` names each field, rule and reason.')]
}

/** What every document holds beside its own schemas. */
export const COMMON_COMPONENTS = {
  securitySchemes: {
    bearer: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'The `accessToken` that signup, login and refresh answer.',
    },
  },
  schemas: {
    Problem: {
      type: 'object',
      description: 'RFC 9457 problem details.',
      required: ['type', 'title', 'status', 'code', 'instance'],
      properties: {
        type: { type: 'string', description: '`/problems/<code>`' },
        title: { type: 'string' },
        status: { type: 'integer' },
        code: { type: 'string', description: 'The kind of problem; stable, for programs.' },
        detail: { type: 'string', description: 'What happened, for people.' },
        errors: { type: 'array', items: { $ref: '#/components/schemas/FieldError' } },
        instance: { type: 'string', description: 'The request id, also in the header x-request-id.' },
      },
    },
    FieldError: {
      type: 'object',
      required: ['field', 'rule', 'message'],
      properties: {
        field: { type: 'string', description: 'Path in the input: `body.title`, `query.limit`.' },
        rule: { type: 'string' },
        message: { type: 'string' },
      },
    },
  },
} as const
