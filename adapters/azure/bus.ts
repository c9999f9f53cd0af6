import type { TokenCredential } from '@azure/core-auth'
import type { Bus } from '../../core/ports/bus.ts'
import type { Clock } from '../../core/ports/clock.ts'
import { toWire } from '../../core/run/wire-event.ts'
import type { AnyEvent } from '../../events/catalog.ts'
import type { AzureConfig } from './config.ts'
import { bearer, openRest, refusal } from './credentials-rest.ts'

export interface AzureBusOptions {
  readonly config: Pick<AzureConfig, 'bus'>
  readonly credential: TokenCredential
  readonly clock: Clock
}

/** Event Grid takes 1 MB a request, with 64 kB to spare for what it counts otherwise than we do. */
const BATCH_BYTES = 1_048_576 - 65_536

/**
 * Event Grid puts events into storage queues as base64, and those hold 64 KiB. A longer event would be taken here, fail
 * there, and come to nobody.
 */
const EVENT_BYTES = 48 * 1024

/**
 * An Event Grid topic of the CloudEvents schema. A batch is taken as a whole or not at all, so there are no partial
 * failures; what passes is tried again, then thrown: https://learn.microsoft.com/azure/event-grid/cloud-event-schema
 */
export function openAzureBus({ config: { bus }, credential, clock }: AzureBusOptions): Bus {
  const { endpoint, key } = bus
  const byKey = async () => ({ 'aeg-sas-key': key ?? '' })
  const rest = openRest(clock, key === undefined ? bearer(credential, 'https://eventgrid.azure.net') : byKey)
  const headers = { 'content-type': 'application/cloudevents-batch+json; charset=utf-8' }
  return {
    async publish(events) {
      for (const batch of batches(events.map(cloudEvent))) {
        const request = { method: 'POST', headers, body: `[${batch.join(',')}]` } as const
        const answer = await rest(`${endpoint}?api-version=2018-01-01`, request)
        if (!answer.ok) throw await refusal(`publishing ${batch.length} events`, answer)
        await answer.body?.cancel()
      }
    },
  }
}

/** One event as JSON in the words of CloudEvents; `data` is the wire event, of which consumers read all else. */
function cloudEvent(event: AnyEvent): string {
  const { id, source, type, subject, time, traceparent } = event
  const json = JSON.stringify({
    ...{ specversion: '1.0', id, source, type, subject, time, traceparent },
    datacontenttype: 'application/json',
    data: toWire(event),
  })
  const bytes = Buffer.byteLength(json)
  if (bytes > EVENT_BYTES) throw new Error(`the event ${id} has ${bytes} bytes, ${EVENT_BYTES} at most`)
  return json
}

function batches(events: readonly string[]): string[][] {
  const made: string[][] = []
  let room = 0
  for (const event of events) {
    const bytes = Buffer.byteLength(event) + 1
    if (bytes > room) {
      made.push([])
      room = BATCH_BYTES
    }
    made.at(-1)?.push(event)
    room -= bytes
  }
  return made
}
