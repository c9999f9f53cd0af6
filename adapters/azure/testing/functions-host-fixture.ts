import { app, type HttpMethod } from '@azure/functions'
import type { HttpMount } from '../../../core/http/mount.ts'
import { ok } from '../../../core/http/response.ts'
import type { Consumer, Scheduled } from '../../../core/run/consumer.ts'
import { done, drop, retry } from '../../../core/run/verdict.ts'
import type { AnyEvent } from '../../../events/catalog.ts'
import { openIds } from '../../node/ids.ts'
import { azureEventGrid, azureQueue } from '../events.ts'
import { azureEventGridHttp } from '../events-http.ts'
import { azureHttp } from '../http.ts'
import { openAzureLog } from '../log.ts'
import { azureSchedule } from '../schedule.ts'
import { answers, seen } from './functions-host-answers.ts'

/** An app with every kind of trigger, for the tests of the host and of what it calls. */
app.setup({ enableHttpStream: process.env.STREAM === '1' })

const options = {
  log: openAzureLog(),
  ids: openIds(),
  buckets: { uploads: 'skyreel-uploads', media: 'skyreel-media' },
}
const methods: HttpMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

const mount: HttpMount = {
  timeoutSeconds: Number(process.env.TIMEOUT_SECONDS ?? 10),
  handle: async (request, ctx) => {
    const answer = answers[request.path.split('/')[1] ?? '']
    return answer
      ? answer(request, ctx)
      : ok({ ...request, query: [...request.query], body: hexOf(request.body) })
  },
}
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

const platformSeconds = Number(process.env.PLATFORM_SECONDS ?? 225)
app.http('web', {
  route: '{*path}',
  methods,
  handler: azureHttp(async () => mount, { ...options, platformSeconds }),
})

let loads = 0
const flaky = async (): Promise<HttpMount> => {
  loads += 1
  if (loads === 1) throw new Error('the database is not there yet')
  return mount
}
app.http('flaky', { route: 'flaky', methods, handler: azureHttp(flaky, options) })

/** What becomes of an event is written on it. */
const verdicts: Readonly<Record<string, (event: AnyEvent) => ReturnType<typeof retry>>> = {
  retry: () => retry('it is told so'),
  later: () => retry('it is told so', 90),
  drop: () => drop('it is told so'),
  throw: () => {
    throw new Error('the database cannot be reached')
  },
}
const consumer: Consumer = {
  name: 'watcher',
  timeoutSeconds: 10,
  consume: async (event, attempt, { traceparent }) => {
    seen.push({ consumed: event, attempt, traceparent })
    return verdicts[event.subject ?? '']?.(event) ?? done
  },
  keep: async (message) => void seen.push({ kept: message }),
  postpone: async (event, afterSeconds) => void seen.push({ postponed: event, afterSeconds }),
}
const load = async () => consumer
const tick: Scheduled = { name: 'tick', timeoutSeconds: 5, run: async () => void seen.push({ ran: 'tick' }) }

app.eventGrid('grid', { handler: azureEventGrid(load, options) })
app.storageQueue('queue', { queueName: 'watcher', connection: 'Q', handler: azureQueue(load, options) })
app.timer('tick', { schedule: '0 * * * * *', handler: azureSchedule(async () => tick, options) })
app.http('hook', { route: 'hook', methods, handler: azureEventGridHttp(load, options) })
