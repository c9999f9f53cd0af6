import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface StrictRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly text: string
}

export interface StrictAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
}

/** A request that the vendor would refuse, with the vendor's status and code. */
export class Refused extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export interface StrictServer extends AsyncDisposable {
  readonly origin: string
  /** What was refused and why, in order: a test that finds it empty has sent nothing that the vendor does not know. */
  readonly refusals: string[]
  /** `GET /path` of every request so far. */
  readonly requests: string[]
}

/** A server on a free port of this machine. What `answer` throws as `Refused` is answered in the form of Azure's APIs. */
export async function openStrictServer(
  answer: (request: StrictRequest) => StrictAnswer | Promise<StrictAnswer>,
): Promise<StrictServer> {
  const [refusals, requests] = [[] as string[], [] as string[]]
  const server = createServer(async (incoming, response) => {
    const request = await readRequest(incoming)
    const line = `${request.method} ${request.path}`
    requests.push(line)
    try {
      send(response, await answer(request))
    } catch (error) {
      refusals.push(`${line}: ${(error as Error).message}`)
      const { status, code } = error instanceof Refused ? error : { status: 500, code: 'InternalServerError' }
      send(response, { status, body: { error: { code, message: (error as Error).message } } })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ refusals, requests },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function readRequest(incoming: IncomingMessage): Promise<StrictRequest> {
  const url = new URL(incoming.url ?? '/', 'http://server')
  const text = Buffer.concat(await Array.fromAsync(incoming)).toString()
  const { method = 'GET', headers } = incoming
  return { method, path: url.pathname, query: url.searchParams, headers, text }
}

function send(response: ServerResponse, { status, headers, body }: StrictAnswer): void {
  const text = body === undefined ? '' : JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(text)
}

/** Refuses a query that has other parameters than these, or other values. */
export function onlyQuery(query: URLSearchParams, wanted: Readonly<Record<string, string>>): void {
  const got = JSON.stringify(Object.fromEntries([...query].sort()))
  const want = JSON.stringify(Object.fromEntries(Object.entries(wanted).sort()))
  if (got !== want) throw new Refused(400, 'InvalidQueryParameterValue', `the query is ${got}, not ${want}`)
}

/** The body as a JSON object that has all fields required and none that is unknown. */
export function readFields(
  value: unknown,
  fields: { required: readonly string[]; optional: readonly string[] },
): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refused(400, 'InvalidRequestContent', 'the content is not an object')
  const missing = fields.required.find((name) => !(name in value))
  if (missing !== undefined)
    throw new Refused(400, 'InvalidRequestContent', `the field ${missing} is missing`)
  const known = new Set([...fields.required, ...fields.optional])
  const unknown = Object.keys(value).find((name) => !known.has(name))
  if (unknown !== undefined) throw new Refused(400, 'InvalidRequestContent', `there is no field ${unknown}`)
  return value as Record<string, unknown>
}

export function parseJson({ headers, text }: StrictRequest, mediaType: string): unknown {
  const type = headers['content-type']?.split(';')[0]
  if (type !== mediaType)
    throw new Refused(415, 'UnsupportedMediaType', `the content is ${type}, not ${mediaType}`)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Refused(400, 'InvalidRequestContent', `the content is not JSON: ${String(cause)}`)
  }
}
