import { utf8 } from '../../adapters/node/utf8.ts'
import { toWire } from '../../core/run/wire-event.ts'
import type { AnyEvent } from '../../events/catalog.ts'
import type { EventForm } from './column.ts'
import type { EventDelivery, Settlement, StoredFacts } from './event-case.ts'

/** Each rejects where the host would deliver again. */
export interface AzureFunctions {
  grid(event: object): Promise<void>
  queue(delivery: { readonly message: string | Uint8Array; readonly attempt: number }): Promise<void>
  schedule(): Promise<void>
}

const ACCOUNT = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/skyreel'
const APIS = { put: 'PutBlob', multipart: 'PutBlockList', copy: 'CopyBlob' } as const

/** https://learn.microsoft.com/en-us/azure/event-grid/event-schema-blob-storage */
function blobData({ bucketName, key, sizeBytes, etag, version, how }: StoredFacts): object {
  return {
    api: APIS[how],
    clientRequestId: '6d79dbfb-0e37-4fc4-981f-442c9ca65760',
    requestId: '831e1650-001e-001b-66ab-eeb76e000000',
    eTag: etag,
    contentType: 'video/mp4',
    contentLength: sizeBytes,
    blobType: 'BlockBlob',
    url: `https://skyreel.blob.core.windows.net/${bucketName}/${key.split('/').map(encodeURIComponent).join('/')}`,
    sequencer: version,
    storageDiagnostics: { batchId: 'b68529f3-68cd-4744-baa4-3c0498ec19f0' },
  }
}
const subjectOf = ({ bucketName, key }: StoredFacts) =>
  `/blobServices/default/containers/${bucketName}/blobs/${key}`

function gridSchema(delivery: EventDelivery): object | undefined {
  const common = { dataVersion: '1', metadataVersion: '1' }
  if (delivery.carry === 'storage') {
    const { facts } = delivery
    const head = {
      topic: ACCOUNT,
      subject: subjectOf(facts),
      eventType: 'Microsoft.Storage.BlobCreated',
      id: '831e1650',
    }
    return { ...head, eventTime: facts.time, data: blobData(facts), ...common }
  }
  if (delivery.carry !== 'bus') return undefined
  const { id, type, time } = delivery.event
  return {
    topic: '/topics/skyreel',
    subject: type,
    eventType: type,
    id,
    eventTime: time,
    data: toWire(delivery.event),
    ...common,
  }
}

function cloudSchema(delivery: EventDelivery): object | undefined {
  if (delivery.carry === 'storage') {
    const { facts } = delivery
    const head = {
      specversion: '1.0',
      source: ACCOUNT,
      subject: subjectOf(facts),
      type: 'Microsoft.Storage.BlobCreated',
    }
    return { ...head, id: '9aeb0fdf', time: facts.time, data: blobData(facts) }
  }
  return delivery.carry === 'bus' ? cloudEvent(delivery.event) : undefined
}

function cloudEvent(event: AnyEvent): object {
  const { id, type, source, time } = event
  return {
    specversion: '1.0',
    id,
    type,
    source,
    time,
    datacontenttype: 'application/json',
    data: toWire(event),
  }
}

/** A message as it lies in the queue. */
const queued = (delivery: EventDelivery): string | Uint8Array | undefined =>
  delivery.carry === 'queue' && delivery.body.byteLength > 0
    ? (utf8(delivery.body) ?? delivery.body)
    : undefined

/** An Event Grid subscription puts whole events into a queue, in base64 (MicrosoftDocs/azure-docs#102923). */
function gridQueued(delivery: EventDelivery): string | undefined {
  const event = cloudSchema(delivery)
  return event && Buffer.from(JSON.stringify(event)).toString('base64')
}

export function azureEventForms({ grid, queue, schedule }: AzureFunctions): readonly EventForm[] {
  const put = (message: string | Uint8Array, delivery: EventDelivery) =>
    queue({ message, attempt: ('attempt' in delivery ? delivery.attempt : undefined) ?? 1 })
  return [
    form('event-grid', gridSchema, grid),
    form('event-grid-cloud-events', cloudSchema, grid),
    form('storage-queue', queued, put),
    form('storage-queue-from-event-grid', gridQueued, put),
    form('timer', (d) => (d.carry === 'schedule' ? {} : undefined), schedule),
  ]
}

function form<Native>(
  name: string,
  nativeOf: (delivery: EventDelivery) => Native | undefined,
  bring: (native: Native, delivery: EventDelivery) => Promise<void>,
): EventForm {
  const one = async (delivery: EventDelivery): Promise<Settlement> => {
    const native = nativeOf(delivery)
    if (native === undefined) throw new Error(`${name} does not carry this`)
    try {
      await bring(native, delivery)
      return 'settled'
    } catch {
      return 'again' // the host delivers again; the reason is in the function's log
    }
  }
  return {
    name,
    carries: (delivery) => nativeOf(delivery) !== undefined,
    deliver: async (deliveries) => {
      const settled: Settlement[] = []
      for (const delivery of deliveries) settled.push(await one(delivery))
      return settled
    },
  }
}
