import type { GcpEventHandler } from '../../adapters/gcp/events.ts'
import { toWire } from '../../core/run/wire-event.ts'
import type { EventForm } from './column.ts'
import type { EventDelivery, Settlement, StoredFacts } from './event-case.ts'

/** A CloudEvent of Google's: attributes beside `data`. */
interface CloudEvent {
  readonly id: string
  readonly source: string
  readonly type: string
  readonly subject?: string
  readonly time: string
  readonly data: object
}

const TIME = '2026-01-02T03:04:06.000Z'
const SUBSCRIPTION = 'projects/demo/subscriptions/conformance'

/** https://cloud.google.com/storage/docs/json_api/v1/objects#resource */
export function finalized({ bucketName, key, sizeBytes, etag, version, time }: StoredFacts): CloudEvent {
  return {
    id: `${version}-1`,
    source: `//storage.googleapis.com/projects/_/buckets/${bucketName}`,
    type: 'google.cloud.storage.object.v1.finalized',
    subject: `objects/${key}`,
    time,
    data: {
      kind: 'storage#object',
      id: `${bucketName}/${key}/${version}`,
      name: key,
      bucket: bucketName,
      generation: version,
      metageneration: '1',
      contentType: 'video/mp4',
      timeCreated: time,
      updated: time,
      storageClass: 'STANDARD',
      size: String(sizeBytes),
      md5Hash: '1B2M2Y8AsgTpgAmY7PhCfg==',
      crc32c: 'AAAAAA==',
      etag,
    },
  }
}

/** https://cloud.google.com/pubsub/docs/push; `undefined` for what Pub/Sub does not carry here. */
function pushOf(delivery: EventDelivery): object | undefined {
  if (delivery.carry !== 'bus' && delivery.carry !== 'queue') return undefined
  const bytes =
    delivery.carry === 'bus'
      ? Buffer.from(JSON.stringify(toWire(delivery.event)))
      : Buffer.from(delivery.body)
  const data = bytes.byteLength === 0 ? {} : { data: bytes.toString('base64') }
  const attempt = delivery.attempt === undefined ? {} : { deliveryAttempt: delivery.attempt }
  const message = {
    ...data,
    messageId: '2070443601311540',
    publishTime: TIME,
    attributes: { type: 'user.registered' },
  }
  return { message, subscription: SUBSCRIPTION, ...attempt }
}

function eventarc(delivery: EventDelivery): CloudEvent | undefined {
  const data = pushOf(delivery)
  return (
    data && {
      id: '2070443601311540',
      source: '//pubsub.googleapis.com/projects/demo/topics/skyreel',
      type: 'google.cloud.pubsub.topic.v1.messagePublished',
      time: TIME,
      data,
    }
  )
}

const stored = (delivery: EventDelivery): CloudEvent | undefined =>
  delivery.carry === 'storage' ? finalized(delivery.facts) : undefined

function form<Native>(
  name: string,
  nativeOf: (delivery: EventDelivery) => Native | undefined,
  bring: (native: Native) => Promise<Settlement>,
): EventForm {
  return {
    name,
    carries: (delivery) => nativeOf(delivery) !== undefined,
    deliver: async (deliveries) => {
      const settled: Settlement[] = []
      for (const delivery of deliveries) {
        const native = nativeOf(delivery)
        if (native !== undefined) settled.push(await bring(native))
      }
      return settled
    },
  }
}

/** Past the framework: what it hands to a function. */
export function gcpEventForms(to: {
  consume: GcpEventHandler
  scheduleOrigin: string
}): readonly EventForm[] {
  const call = async (event: CloudEvent): Promise<Settlement> => {
    try {
      await to.consume(JSON.parse(JSON.stringify({ specversion: '1.0', ...event })))
      return 'settled'
    } catch {
      return 'again' // the framework answers 500; the reason is in the function's log
    }
  }
  return [form('eventarc', eventarc, call), form('storage', stored, call), schedulerForm(to.scheduleOrigin)]
}

/** Over HTTP, as Eventarc, Pub/Sub and Cloud Scheduler post it. */
export function gcpPostForms(to: { eventsOrigin: string; scheduleOrigin: string }): readonly EventForm[] {
  return [
    form('eventarc-binary', eventarc, (event) => post(to.eventsOrigin, ...binary(event))),
    form('eventarc-structured', eventarc, (event) => post(to.eventsOrigin, ...structured(event))),
    form('pubsub-push', pushOf, (push) =>
      post(`${to.eventsOrigin}/projects/demo/topics/skyreel`, JSON_TYPE, JSON.stringify(push)),
    ),
    form('storage-binary', stored, (event) => post(to.eventsOrigin, ...binary(event))),
    form('storage-structured', stored, (event) => post(to.eventsOrigin, ...structured(event))),
    schedulerForm(to.scheduleOrigin),
  ]
}

const JSON_TYPE = { 'content-type': 'application/json' }

function binary({ data, ...attributes }: CloudEvent): [Record<string, string>, string] {
  const all = Object.entries({ specversion: '1.0', ...attributes }).map(([name, value]) => [
    `ce-${name}`,
    headerText(value),
  ])
  return [{ ...JSON_TYPE, ...Object.fromEntries(all) }, JSON.stringify(data)]
}

/** https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/http-protocol-binding.md#3132-decoding */
const headerText = (value: string) => value.replace(/[^\x21-\x7e]|["%]/gu, encodeURIComponent)

const structured = (event: CloudEvent): [Record<string, string>, string] => [
  { 'content-type': 'application/cloudevents+json' },
  JSON.stringify({ specversion: '1.0', datacontenttype: 'application/json', ...event }),
]

const ACKNOWLEDGED = new Set([102, 200, 201, 202, 204])

async function post(url: string, headers: Record<string, string>, body: string): Promise<Settlement> {
  const { status } = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(20_000) })
  return ACKNOWLEDGED.has(status) ? 'settled' : 'again'
}

const schedulerForm = (origin: string): EventForm =>
  form(
    'scheduler',
    (d) => (d.carry === 'schedule' ? {} : undefined),
    () => post(origin, {}, ''),
  )
