import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type LambdaStream, readStream } from './lambda-stream.ts'

export interface LambdaError {
  readonly errorType: string
  readonly errorMessage: string
  readonly stackTrace?: readonly string[]
}

/** What one invocation came to. */
export type Invoked =
  | { readonly answer: unknown }
  | { readonly error: LambdaError }
  | { readonly stream: LambdaStream }

/** One invocation on its way. */
export interface Turn {
  readonly id: string
  readonly event: unknown
  /** Milliseconds since 1970. */
  readonly deadline: number
  settle(outcome: Invoked): void
  /** When the runtime has said all it has to say of it. */
  over(): void
}

export interface RuntimeApi {
  readonly port: number
  /** Hands the turn to the runtime as soon as it asks. */
  give(turn: Turn): void
  /** Forgets the runtime that is gone, with its turn and its open question. */
  reset(): void
  close(): Promise<void>
}

export interface Heard {
  /** The runtime asks for work: its bundle is loaded. */
  asks(): void
  initError(error: LambdaError): void
}

const PREFIX = '/2018-06-01/runtime'

/**
 * The interface that Lambda gives its runtimes, on a free port.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export async function openRuntimeApi(heard: Heard): Promise<RuntimeApi> {
  const state: State = { turn: undefined, given: false, waiting: undefined }
  const server = createServer((request, response) => {
    answer(request, response, { state, heard }).catch((error: unknown) => {
      // The runtime has gone in the middle of a sentence; whoever waits for the turn hears of the exit.
      response.destroy(error instanceof Error ? error : undefined)
    })
  })
  // The runtime keeps its question open for as long as there is no work.
  server.keepAliveTimeout = 0
  server.requestTimeout = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    give: (turn) => {
      Object.assign(state, { turn, given: false })
      if (state.waiting) hand(state, state.waiting)
    },
    reset: () => Object.assign(state, { turn: undefined, given: false, waiting: undefined }),
    close: () => closeServer(server),
  }
}

interface State {
  turn: Turn | undefined
  given: boolean
  waiting: ServerResponse | undefined
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { state, heard }: { state: State; heard: Heard },
): Promise<void> {
  const path = (request.url ?? '').replace(PREFIX, '')
  if (path === '/invocation/next') {
    if (state.turn && !state.given) hand(state, response)
    else state.waiting = response
    return heard.asks()
  }
  if (path === '/init/error') {
    heard.initError(await json(request))
    return void response.writeHead(202).end('{}')
  }
  const [, id, kind] = /^\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? []
  const { turn } = state
  if (turn === undefined || id !== turn.id) return void response.writeHead(404).end()
  await settle(turn, kind === 'error' ? { error: await json<LambdaError>(request) } : await outcome(request))
  state.turn = undefined
  response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}')
  turn.over()
}

async function settle(turn: Turn, outcome: Invoked): Promise<void> {
  turn.settle(outcome)
  // The runtime counts a streamed answer as done when we have taken its end.
  if ('stream' in outcome) await outcome.stream.ended
}

async function outcome(request: IncomingMessage): Promise<Invoked> {
  if (request.headers['lambda-runtime-function-response-mode'] === 'streaming')
    return { stream: await readStream(request) }
  const bytes = await buffer(request)
  return { answer: bytes.length === 0 ? undefined : JSON.parse(bytes.toString()) }
}

const json = async <T>(request: IncomingMessage): Promise<T> => JSON.parse((await buffer(request)).toString())

function hand(state: State, response: ServerResponse): void {
  const { turn } = state
  if (!turn) return
  Object.assign(state, { given: true, waiting: undefined })
  response.writeHead(200, {
    'content-type': 'application/json',
    'lambda-runtime-aws-request-id': turn.id,
    'lambda-runtime-deadline-ms': String(turn.deadline),
    'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:000000000000:function:test',
    'lambda-runtime-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
  })
  response.end(JSON.stringify(turn.event))
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
