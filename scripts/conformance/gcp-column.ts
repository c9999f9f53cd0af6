import { gcpEvents } from '../../adapters/gcp/events.ts'
import { gcpHttp } from '../../adapters/gcp/http.ts'
import { gcpSchedule } from '../../adapters/gcp/schedule.ts'
import { openFunctionsFramework } from '../../adapters/gcp/testing/functions-framework.ts'
import { openLocalHandler } from '../../adapters/gcp/testing/functions-framework-local.ts'
import { openIds } from '../../adapters/node/ids.ts'
import { bundleConformanceApp } from './app-bundle.ts'
import type { Column, OpenColumn } from './column.ts'
import { echoApp } from './echo-app.ts'
import { type Teller, toldConsumer, toldSchedule } from './event-app.ts'
import { BUCKETS } from './event-cases.ts'
import { gcpEventForms, gcpPostForms } from './gcp-event-forms.ts'
import { GCP_GAPS } from './gcp-gaps.ts'
import type { WireRequest } from './http-case.ts'
import { silentLog } from './silent-log.ts'
import { serveTeller } from './teller-server.ts'
import { sendOverWire } from './wire-client.ts'

export function gcpColumn(teller: Teller): Column {
  return {
    name: 'gcp',
    gaps: GCP_GAPS,
    missing: () => undefined,
    open: (mode) => (mode === 'mapping' ? openMapping(teller) : openRuntime(teller)),
  }
}

/** Google's front end appends the client's address to whatever the client has claimed. */
export function throughGoogle({ headers, clientIp }: WireRequest): WireRequest['headers'] {
  const claimed = headers.filter(([name]) => name === 'x-forwarded-for').map(([, value]) => value)
  const rest = headers.filter(([name]) => name !== 'x-forwarded-for')
  return [...rest, ['x-forwarded-for', [...claimed, clientIp].join(',')]]
}

const formOver = (port: number) => ({
  name: 'http',
  send: (request: WireRequest) => sendOverWire({ port, front: throughGoogle }, request),
})

async function openMapping({ tell }: Teller): Promise<OpenColumn> {
  const stack = new AsyncDisposableStack()
  const options = { log: silentLog, ids: openIds(), buckets: BUCKETS }
  const http = stack.use(await openLocalHandler(gcpHttp(async () => echoApp, options)))
  const schedule = stack.use(await openLocalHandler(gcpSchedule(async () => toldSchedule(tell), options)))
  const consume = gcpEvents(async () => toldConsumer(tell), options)
  return {
    http: [formOver(http.port)],
    events: gcpEventForms({ consume, scheduleOrigin: schedule.origin }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

const SOURCE = `
import { cloudEvent, http } from '@google-cloud/functions-framework'
import { gcpEvents } from '../../adapters/gcp/events.ts'
import { gcpHttp } from '../../adapters/gcp/http.ts'
import { openGcpLog } from '../../adapters/gcp/log.ts'
import { gcpSchedule } from '../../adapters/gcp/schedule.ts'
import { openIds } from '../../adapters/node/ids.ts'
const options = { log: openGcpLog({ service: 'conformance' }), ids: openIds(), buckets: { uploads: 'skyreel-uploads', media: 'skyreel-media' } }
const told = () => import('../../scripts/conformance/event-app.ts')
const url = process.env.SKYREEL_TELLER
http('http', gcpHttp(async () => (await import('../../scripts/conformance/echo-app.ts')).echoApp, options))
cloudEvent('events', gcpEvents(async () => (await told()).toldConsumer((await told()).tellOver(url)), options))
http('schedule', gcpSchedule(async () => (await told()).toldSchedule((await told()).tellOver(url)), options))
`

/** The application as three functions, each in a functions-framework of its own. */
async function openRuntime({ tell }: Teller): Promise<OpenColumn> {
  const stack = new AsyncDisposableStack()
  try {
    const teller = stack.use(await serveTeller(tell))
    const external = ['@google-cloud/functions-framework']
    const files = { 'package.json': { type: 'module', main: 'index.mjs' } }
    const { folder } = stack.use(await bundleConformanceApp(SOURCE, { external, files, modules: true }))
    const open = async (target: string, signatureType: 'http' | 'cloudevent') =>
      stack.use(
        await openFunctionsFramework({
          bundleFolder: folder,
          target,
          signatureType,
          env: { SKYREEL_TELLER: teller.url },
        }),
      )
    const [http, events, schedule] = [
      await open('http', 'http'),
      await open('events', 'cloudevent'),
      await open('schedule', 'http'),
    ]
    return {
      http: [formOver(Number(new URL(http.origin).port))],
      events: gcpPostForms({ eventsOrigin: events.origin, scheduleOrigin: schedule.origin }),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}
