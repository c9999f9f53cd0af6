import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { RUNTIMES } from '../../cloud-runtimes.ts'
import { BYTES_TYPE, bytesHeaders, jsonAnswer, PATH } from '../adapters-cases.ts'

type Handler = (event: APIGatewayProxyEventV2, context: object) => Promise<APIGatewayProxyStructuredResultV2>

// The packages lie in a folder of their own, whose types are not ours to resolve: what is used of them is declared here.
const load = createRequire(join(RUNTIMES, 'package.json'))

/** The same handler on other frameworks, each set up as its own pages say, with this binary type where it has a list. */
export const lambdaPeers = (): Readonly<Record<string, Handler>> => ({
  hono: onHono(),
  'serverless-http': load('serverless-http')(expressApp(), { binary: [BYTES_TYPE] }),
  'serverless-express': load('@codegenie/serverless-express')({
    app: expressApp(),
    binarySettings: { contentTypes: [BYTES_TYPE] },
  }),
  'serverless-adapter': onServerlessAdapter(),
  'powertools event-handler': onPowertools(),
})

interface HonoContext {
  readonly req: {
    json(): Promise<{ title: string }>
    arrayBuffer(): Promise<ArrayBuffer>
    query(name: string): string
  }
  json(value: unknown): Response
  body(bytes: ArrayBuffer, status: number, headers: Readonly<Record<string, string>>): Response
}

function onHono(): Handler {
  const { Hono } = load('hono')
  const { handle } = load('hono/aws-lambda')
  const { getCookie } = load('hono/cookie')
  const app = new Hono()
  app.post(PATH, async (c: HonoContext & { req: { header(name: string): string } }) => {
    const [tag, session] = [c.req.query('tag'), getCookie(c, 'session') as string]
    if (c.req.header('content-type') === BYTES_TYPE)
      return c.body(await c.req.arrayBuffer(), 200, bytesHeaders(tag, session))
    return c.json(jsonAnswer((await c.req.json()).title, tag, session))
  })
  return handle(app)
}

interface ExpressRequest {
  readonly query: { readonly tag: string | readonly string[] }
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}
interface ExpressResponse {
  set(headers: Readonly<Record<string, string>>): ExpressResponse
  send(body: unknown): void
  json(value: unknown): void
}

function expressApp(): unknown {
  const express = load('express')
  const cookie = load('cookie') as { parse(header: string): { session: string } }
  const app = express()
  app.use(express.json())
  app.use(express.raw({ type: BYTES_TYPE }))
  app.post(PATH, ({ query, headers, body }: ExpressRequest, res: ExpressResponse) => {
    const tag = typeof query.tag === 'string' ? query.tag : (query.tag[0] ?? '')
    const { session } = cookie.parse(headers.cookie ?? '')
    if (headers['content-type'] === BYTES_TYPE) res.set(bytesHeaders(tag, session)).send(body)
    else res.json(jsonAnswer((body as { title: string }).title, tag, session))
  })
  return app
}

function onServerlessAdapter(): Handler {
  const of = (path: string) => load(`@h4ad/serverless-adapter${path}`)
  const { ServerlessAdapter } = of('')
  return ServerlessAdapter.new(expressApp())
    .setFramework(new (of('/frameworks/express').ExpressFramework)())
    .setHandler(new (of('/handlers/default').DefaultHandler)())
    .setResolver(new (of('/resolvers/promise').PromiseResolver)())
    .setBinarySettings({ contentTypes: [BYTES_TYPE], contentEncodings: [] })
    .addAdapter(new (of('/adapters/aws').ApiGatewayV2Adapter)())
    .build()
}

interface PowertoolsContext {
  readonly req: Request
  readonly res: Response
  readonly event: APIGatewayProxyEventV2
}

function onPowertools(): Handler {
  const { Router } = load('@aws-lambda-powertools/event-handler/http')
  const cookie = load('cookie') as { parse(header: string): { session: string } }
  const app = new Router()
  app.post(PATH, async ({ req, res, event }: PowertoolsContext) => {
    const tag = new URL(req.url).searchParams.get('tag')?.split(',')[0] ?? ''
    const { session } = cookie.parse(req.headers.get('cookie') ?? event.cookies?.join('; ') ?? '')
    if (req.headers.get('content-type') !== BYTES_TYPE)
      return jsonAnswer(((await req.json()) as { title: string }).title, tag, session)
    for (const [name, value] of Object.entries(bytesHeaders(tag, session))) res.headers.set(name, value)
    // What it answers as base64 is an ArrayBuffer and no Response.
    return req.arrayBuffer()
  })
  return (event, context) => app.resolve(event, context)
}
