import { HttpRequest, HttpResponse, type InvocationContext } from '@azure/functions'
import { azureEventGrid, azureQueue } from '../../adapters/azure/events.ts'
import { azureHttp } from '../../adapters/azure/http.ts'
import { azureSchedule } from '../../adapters/azure/schedule.ts'
import { openFunctionsHost } from '../../adapters/azure/testing/functions-host.ts'
import { openIds } from '../../adapters/node/ids.ts'
import { bundleConformanceApp } from './app-bundle.ts'
import { type AzureFunctions, azureEventForms } from './azure-event-forms.ts'
import { AZURE_GAPS } from './azure-gaps.ts'
import type { Column, HttpForm, OpenColumn } from './column.ts'
import { echoApp } from './echo-app.ts'
import { type Teller, toldConsumer, toldSchedule } from './event-app.ts'
import { BUCKETS } from './event-cases.ts'
import { HOST, type WireAnswer, type WireRequest } from './http-case.ts'
import { silentLog } from './silent-log.ts'
import { serveTeller } from './teller-server.ts'
import { sendOverWire } from './wire-client.ts'

export function azureColumn(teller: Teller): Column {
  return {
    name: 'azure',
    gaps: AZURE_GAPS,
    missing: () => undefined,
    open: (mode) => (mode === 'mapping' ? openMapping(teller) : openRuntime(teller)),
  }
}

/** Front Door appends the client's address, Azure's own front end that of Front Door. */
function throughFrontDoor({ headers, clientIp }: WireRequest): [string, string][] {
  const claimed = headers.filter(([name]) => name === 'x-forwarded-for').map(([, value]) => value)
  const rest = headers
    .filter(([name]) => name !== 'x-forwarded-for')
    .map(([name, value]): [string, string] => [name, value])
  const address = clientIp.includes(':') ? `[${clientIp}]:51234` : `${clientIp}:51234`
  return [...rest, ['x-forwarded-for', [...claimed, address].join(', ')]]
}

const context = (more: object = {}): InvocationContext =>
  ({
    invocationId: 'b1f0c7d2-3c4e-4f5a-8b6c-1d2e3f4a5b6c',
    traceContext: {},
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
    ...more,
  }) as unknown as InvocationContext

async function openMapping({ tell }: Teller): Promise<OpenColumn> {
  const options = { log: silentLog, ids: openIds(), buckets: BUCKETS, trustedHops: 1 }
  const handle = azureHttp(async () => echoApp, options)
  const http: HttpForm = {
    name: 'library',
    send: async (wire) => answerOf((await handle(requestOf(wire), context())) ?? {}),
  }
  const [grid, queue] = [
    azureEventGrid(async () => toldConsumer(tell), options),
    azureQueue(async () => toldConsumer(tell), options),
  ]
  const schedule = azureSchedule(async () => toldSchedule(tell), options)
  const functions: AzureFunctions = {
    grid: (event) => grid(event, context()),
    queue: ({ message, attempt }) =>
      queue(asLibraryParses(message), context({ triggerMetadata: { dequeueCount: attempt } })),
    schedule: () => schedule({}, context()),
  }
  return { http: [http], events: azureEventForms(functions), [Symbol.asyncDispose]: async () => undefined }
}

/** @azure/functions puts every text through JSON.parse. */
function asLibraryParses(message: string | Uint8Array): unknown {
  if (typeof message !== 'string') return message
  try {
    return JSON.parse(message)
  } catch {
    return message
  }
}

/** As the library builds it in classic mode. */
function requestOf(wire: WireRequest): HttpRequest {
  const joined = new Map<string, string>([['host', HOST]])
  for (const [name, value] of throughFrontDoor(wire)) {
    const lower = name.toLowerCase()
    const before = joined.get(lower)
    joined.set(lower, before === undefined ? value : `${before},${value}`)
  }
  joined.set('x-forwarded-for', `${joined.get('x-forwarded-for')}, 10.0.0.1:4711`)
  return new HttpRequest({
    method: wire.method as 'GET',
    url: `https://${HOST}${wire.target}`,
    headers: Object.fromEntries(joined),
    ...(wire.body ? { body: { bytes: wire.body } } : {}),
  })
}

async function answerOf(init: ConstructorParameters<typeof HttpResponse>[0]): Promise<WireAnswer> {
  const response = new HttpResponse(init)
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    cookies: response.cookies.map(lineOf),
    body: new Uint8Array(await response.arrayBuffer()),
  }
}

function lineOf({
  name,
  value,
  domain,
  path,
  expires,
  maxAge,
  secure,
  httpOnly,
  sameSite,
}: HttpResponse['cookies'][number]): string {
  const attributes = [
    path && `Path=${path}`,
    domain && `Domain=${domain}`,
    maxAge !== undefined && `Max-Age=${maxAge}`,
    expires !== undefined && `Expires=${new Date(expires).toUTCString()}`,
    httpOnly && 'HttpOnly',
    secure && 'Secure',
    sameSite && `SameSite=${sameSite}`,
  ]
  return [`${name}=${value}`, ...attributes.filter((attribute) => attribute)].join('; ')
}

const SOURCE = `
import { app } from '@azure/functions'
import { azureEventGrid, azureQueue } from '../../adapters/azure/events.ts'
import { azureHttp } from '../../adapters/azure/http.ts'
import { openAzureLog } from '../../adapters/azure/log.ts'
import { azureSchedule } from '../../adapters/azure/schedule.ts'
import { openIds } from '../../adapters/node/ids.ts'
app.setup({ enableHttpStream: process.env.STREAM === '1' })
const options = { log: openAzureLog(), ids: openIds(), trustedHops: 1, buckets: { uploads: 'skyreel-uploads', media: 'skyreel-media' } }
const told = () => import('../../scripts/conformance/event-app.ts')
const url = process.env.SKYREEL_TELLER
const consumer = async () => (await told()).toldConsumer((await told()).tellOver(url))
app.http('http', {
  route: '{*path}',
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
  authLevel: 'anonymous',
  handler: azureHttp(async () => (await import('../../scripts/conformance/echo-app.ts')).echoApp, options),
})
app.eventGrid('grid', { handler: azureEventGrid(consumer, options) })
app.storageQueue('queue', { queueName: 'conformance', connection: 'X', handler: azureQueue(consumer, options) })
app.timer('schedule', { schedule: '0 * * * * *', handler: azureSchedule(async () => (await told()).toldSchedule((await told()).tellOver(url)), options) })
`

/** The application twice, with and without streaming, under the real library in hosts of ours. */
async function openRuntime({ tell }: Teller): Promise<OpenColumn> {
  const stack = new AsyncDisposableStack()
  try {
    const teller = stack.use(await serveTeller(tell))
    const files = {
      'package.json': { type: 'module', main: 'index.mjs' },
      'host.json': { version: '2.0', extensions: { http: { routePrefix: '' } } },
    }
    const { folder } = stack.use(
      await bundleConformanceApp(SOURCE, { external: ['@azure/functions-core'], files }),
    )
    const open = async (STREAM: string) =>
      stack.use(
        await openFunctionsHost({ bundleFolder: folder, env: { STREAM, SKYREEL_TELLER: teller.url } }),
      )
    const [classic, stream] = [await open('0'), await open('1')]
    const formOver = (name: string, url: string): HttpForm => ({
      name,
      send: (request) => sendOverWire({ port: Number(new URL(url).port), front: throughFrontDoor }, request),
    })
    const invoke = async (
      name: string,
      data: { json: string } | { string: string } | { bytes: Uint8Array },
      metadata = {},
    ) => {
      const { error } = await classic.invoke({ name, data, metadata })
      if (error) throw new Error(error.message)
    }
    const functions: AzureFunctions = {
      grid: (event) => invoke('grid', { json: JSON.stringify(event) }),
      queue: ({ message, attempt }) =>
        invoke('queue', typeof message === 'string' ? { string: message } : { bytes: message }, {
          DequeueCount: { json: String(attempt) },
        }),
      schedule: () => invoke('schedule', { json: '{}' }),
    }
    return {
      http: [formOver('classic', classic.url), formOver('stream', stream.url)],
      events: azureEventForms(functions),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}
