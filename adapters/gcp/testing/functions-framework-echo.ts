// What the suite deploys to the real framework: one export for each form of function.
import { setTimeout as sleep } from 'node:timers/promises'
import type { HttpMount } from '../../../core/http/mount.ts'
import type { HttpRequest } from '../../../core/http/request.ts'
import { type HttpResponse, ok } from '../../../core/http/response.ts'
import type { Consumer, Scheduled } from '../../../core/run/consumer.ts'
import type { Context } from '../../../core/run/context.ts'
import { done, drop, retry } from '../../../core/run/verdict.ts'
import { openIds } from '../../node/ids.ts'
import { gcpEvents } from '../events.ts'
import { gcpHttp } from '../http.ts'
import { openGcpLog } from '../log.ts'
import { gcpSchedule } from '../schedule.ts'

const options = { log: openGcpLog({ projectId: 'p1' }), ids: openIds() }

async function* forEver(ctx: Context): AsyncGenerator<Uint8Array> {
  try {
    while (!ctx.signal.aborted) {
      yield new Uint8Array(64 * 1024)
    }
  } finally {
    ctx.log.info('the stream was closed')
  }
}

/** One event, then none for ever. */
async function* events(): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode('data: 1\n\n')
  await new Promise(() => undefined)
}

function mirror(request: HttpRequest, ctx: Context): HttpResponse {
  const { method, path, headers, clientIp } = request
  const body = Buffer.from(request.body).toString('base64')
  const { requestId, traceparent } = ctx
  const query = [...request.query]
  const seen = { method, path, query, headers, cookies: { ...request.cookies }, body, clientIp }
  return ok({ ...seen, requestId, traceparent })
}

const ANSWERS: Readonly<Record<string, (request: HttpRequest, ctx: Context) => HttpResponse>> = {
  '/bytes': (request) => ({
    status: 200,
    headers: { 'content-type': 'application/octet-stream' },
    body: request.body,
  }),
  '/cookies': () => ({
    status: 204,
    cookies: ['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/', 'B=2; HttpOnly'],
  }),
  '/events': () => ({
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    body: events(),
  }),
  '/for-ever': (_, ctx) => ({ status: 200, body: forEver(ctx) }),
  '/not-modified': () => ({ status: 304, headers: { etag: '"1"' } }),
}

const mount: HttpMount = {
  timeoutSeconds: 1,
  handle: async (request, ctx) => {
    if (request.path === '/boom') throw new Error('hush: the database is at 10.0.0.1')
    if (request.path === '/slow') await sleep(3000)
    return (ANSWERS[request.path] ?? mirror)(request, ctx)
  },
}

const consumer: Consumer = {
  name: 'echo',
  timeoutSeconds: 5,
  async consume(event, attempt, ctx) {
    ctx.log.info('consumed', { event, attempt })
    if (event.id === 'evt_throw') throw new Error('hush: the database is at 10.0.0.1')
    if (event.id === 'evt_retry') return retry('not yet')
    return event.id === 'evt_drop' ? drop('never') : done
  },
  keep: async (message, ctx) => ctx.log.info('kept', { foreign: message }),
  postpone: async (event, afterSeconds, ctx) => ctx.log.info('postponed', { event: event.id, afterSeconds }),
}

const scheduled: Scheduled = {
  name: 'sweep',
  timeoutSeconds: 5,
  run: async (ctx) => ctx.log.info('swept'),
}

export const api = gcpHttp(async () => mount, options)
export const broken = gcpHttp(async () => Promise.reject(new Error('hush: no such module')), options)
export const onEvent = gcpEvents(async () => consumer, {
  ...options,
  buckets: { uploads: 'skyreel-uploads', media: 'skyreel-media' },
})
export const sweep = gcpSchedule(async () => scheduled, options)
