import { setTimeout as sleep } from 'node:timers/promises'
import { QueueServiceClient, StorageSharedKeyCredential } from '@azure/storage-queue'
import { ACCOUNT, ACCOUNT_KEY } from './azurite.ts'
import type { IdentityServer } from './identity.ts'
import {
  onlyQuery,
  openStrictServer,
  parseJson,
  Refused,
  readFields,
  type StrictRequest,
  type StrictServer,
} from './strict-server.ts'

/** One event subscription: what it takes and where that goes. */
export interface Subscription {
  readonly name: string
  readonly types: readonly string[]
  /** `/blobServices/default/containers/<name>/` takes the events of one container. */
  readonly subjectBeginsWith?: string
  readonly to: { readonly queue: string } | { readonly webhook: string }
}

export interface EventGridOptions {
  /** Access key of the topic; without one only tokens of the identity open it. */
  readonly key?: string
  readonly identity?: Pick<IdentityServer, 'check'>
  readonly queueEndpoint: string
  readonly subscriptions: readonly Subscription[]
  /** Deliveries of one event before it goes to the dead letters; 5 by default, 10 ms apart at first. */
  readonly attempts?: number
}

export interface EventGrid extends StrictServer {
  /** Endpoint of the custom topic. */
  readonly endpoint: string
  /** Events that no subscription's destination took, with the reason. */
  readonly deadLetters: { readonly subscription: string; readonly event: unknown; readonly because: string }[]
  /** An event of a system topic (a storage account, say) in the Event Grid schema. */
  tell(event: { readonly eventType: string; readonly subject: string }): Promise<void>
  /** Resolves when no delivery is under way. */
  idle(): Promise<void>
}

/**
 * A custom topic of the CloudEvents schema with its event subscriptions. A queue gets the event as base64, as the service
 * delivers it (MicrosoftDocs/azure-docs#102923).
 */
export async function openEventGrid(options: EventGridOptions): Promise<EventGrid> {
  const deadLetters: EventGrid['deadLetters'] = []
  const underWay = new Set<Promise<void>>()
  const dispatch = (event: Native) => {
    for (const subscription of options.subscriptions.filter((s) => takes(s, event))) {
      const work = deliver(options, subscription, event.value).then((because) => {
        if (because !== undefined)
          deadLetters.push({ subscription: subscription.name, event: event.value, because })
      })
      underWay.add(work)
      void work.finally(() => underWay.delete(work))
    }
  }
  const server = await openStrictServer((request) => {
    readBatch(options, request).forEach((value) => {
      dispatch({ type: String(value.type), subject: String(value.subject ?? ''), value })
    })
    return { status: 200 }
  })
  const idle = async () => {
    while (underWay.size > 0) await Promise.all(underWay)
  }
  return {
    ...server,
    ...{ endpoint: `${server.origin}/api/events`, deadLetters, idle },
    tell: async (value) => dispatch({ type: value.eventType, subject: value.subject, value: [value] }),
    [Symbol.asyncDispose]: async () => {
      await idle()
      await server[Symbol.asyncDispose]()
    },
  }
}

interface Native {
  readonly type: string
  readonly subject: string
  readonly value: unknown
}

const takes = ({ types, subjectBeginsWith = '' }: Subscription, { type, subject }: Native): boolean =>
  types.includes(type) && subject.startsWith(subjectBeginsWith)

const MAX_BYTES = 1_048_576

function readBatch(options: EventGridOptions, request: StrictRequest): Record<string, unknown>[] {
  if (request.method !== 'POST' || request.path !== '/api/events')
    throw new Refused(404, 'NotFound', `there is no ${request.method} ${request.path}`)
  onlyQuery(request.query, { 'api-version': '2018-01-01' })
  authorize(options, request)
  if (Buffer.byteLength(request.text) > MAX_BYTES)
    throw new Refused(413, 'RequestEntityTooLarge', 'the batch is longer than 1 MB')
  const batch = parseJson(request, 'application/cloudevents-batch+json')
  if (!Array.isArray(batch) || batch.length === 0) throw new Refused(400, 'BadRequest', 'there are no events')
  return batch.map(readEvent)
}

function authorize({ key, identity }: EventGridOptions, { headers }: StrictRequest): void {
  if (key !== undefined && headers['aeg-sas-key'] === key) return
  if (!identity || headers['aeg-sas-key'] !== undefined)
    throw new Refused(401, 'Unauthorized', 'the access key is wrong')
  identity.check(headers, 'https://eventgrid.azure.net')
}

const REQUIRED = ['specversion', 'id', 'source', 'type']
const OPTIONAL = ['subject', 'time', 'datacontenttype', 'dataschema', 'data', 'traceparent', 'tracestate']

function readEvent(value: unknown): Record<string, unknown> {
  const event = readFields(value, { required: REQUIRED, optional: OPTIONAL })
  const { data, ...attributes } = event
  const odd = Object.entries(attributes).find(([, text]) => typeof text !== 'string' || text === '')
  if (odd) throw new Refused(400, 'BadRequest', `${odd[0]} is not a text`)
  if (event.specversion !== '1.0') throw new Refused(400, 'BadRequest', 'specversion is not 1.0')
  if (event.time !== undefined && Number.isNaN(Date.parse(String(event.time))))
    throw new Refused(400, 'BadRequest', 'time is not a time')
  return event
}

/** Why the destination did not take it; `undefined` where it did. */
async function deliver(
  options: EventGridOptions,
  { to }: Subscription,
  event: unknown,
): Promise<string | undefined> {
  for (let attempt = 1; ; attempt++) {
    const failure = 'queue' in to ? await intoQueue(options, to.queue, event) : await post(to.webhook, event)
    if (!failure) return undefined
    if (failure.final || attempt >= (options.attempts ?? 5)) return failure.because
    await sleep(10 * 2 ** (attempt - 1))
  }
}

interface Failure {
  readonly because: string
  /** Not tried again. */
  readonly final: boolean
}

async function intoQueue(
  { queueEndpoint }: EventGridOptions,
  queue: string,
  event: unknown,
): Promise<Failure | undefined> {
  const service = new QueueServiceClient(queueEndpoint, new StorageSharedKeyCredential(ACCOUNT, ACCOUNT_KEY))
  const single = Array.isArray(event) ? event[0] : event
  try {
    await service.getQueueClient(queue).sendMessage(Buffer.from(JSON.stringify(single)).toString('base64'))
    return undefined
  } catch (error) {
    return { because: (error as Error).message, final: true }
  }
}

/** https://learn.microsoft.com/azure/event-grid/delivery-and-retry: these are not tried again. */
const FINAL = new Set([400, 401, 403, 413])

async function post(webhook: string, event: unknown): Promise<Failure | undefined> {
  const type = Array.isArray(event) ? 'application/json' : 'application/cloudevents+json'
  const headers = { 'content-type': `${type}; charset=utf-8`, 'aeg-event-type': 'Notification' }
  try {
    const answer = await fetch(webhook, { method: 'POST', headers, body: JSON.stringify(event) })
    await answer.arrayBuffer()
    return answer.ok ? undefined : { because: `answered ${answer.status}`, final: FINAL.has(answer.status) }
  } catch (error) {
    return { because: String((error as Error).cause ?? error), final: false }
  }
}
