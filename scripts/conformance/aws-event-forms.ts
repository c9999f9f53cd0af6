import { utf8 } from '../../adapters/node/utf8.ts'
import { toWire } from '../../core/run/wire-event.ts'
import type { AwsFunctions } from './aws-column.ts'
import {
  busEvent,
  S3_TEST,
  type SqsMessage,
  s3Notification,
  s3ThroughBridge,
  snsEvent,
  snsNotification,
  sqsEvent,
  textOf,
} from './aws-events.ts'
import type { EventForm } from './column.ts'
import type { EventDelivery, Settlement } from './event-case.ts'

/** Calls a function with a native event; rejects with what the function threw. */
export type Invoke = (event: object) => Promise<unknown>

/** Every way in which AWS brings an event to a function. */
export function awsEventForms({ events, schedule }: AwsFunctions): readonly EventForm[] {
  return [
    batchForm('sqs', events, textOf),
    { ...batchForm('sqs-fifo', events, textOf, true), single: true },
    batchForm('sqs-s3-notification', events, s3Text),
    batchForm('sqs-sns', events, snsText),
    directForm('s3-notification', events, (d) =>
      d.carry === 'storage' ? s3Notification(d.facts) : d.carry === 'test' ? S3_TEST : undefined,
    ),
    directForm('eventbridge', events, (d) =>
      d.carry === 'storage' ? s3ThroughBridge(d.facts) : d.carry === 'bus' ? busEvent(d.event) : undefined,
    ),
    directForm('sns', events, (d) => {
      const message = messageOf(d)
      return message === undefined ? undefined : snsEvent(message)
    }),
    directForm('scheduler', schedule, (d) => (d.carry === 'schedule' ? {} : undefined)),
  ]
}

type TextOf = (delivery: EventDelivery) => string | undefined

const s3Text: TextOf = (d) =>
  d.carry === 'storage'
    ? JSON.stringify(s3Notification(d.facts))
    : d.carry === 'test'
      ? JSON.stringify(S3_TEST)
      : undefined

/** What our bus driver and our queue driver publish to a topic: the message itself. */
const messageOf: TextOf = (d) => {
  if (d.carry === 'bus') return JSON.stringify(toWire(d.event))
  return d.carry === 'queue' && d.body.byteLength > 0 && d.attempt === undefined ? utf8(d.body) : undefined
}

const snsText: TextOf = (d) => {
  const message = messageOf(d)
  return message === undefined ? undefined : JSON.stringify(snsNotification(message))
}

function batchForm(name: string, invoke: Invoke, textFor: TextOf, fifo = false): EventForm {
  return {
    name,
    carries: (delivery) => textFor(delivery) !== undefined,
    deliver: async (deliveries) => {
      const messages = deliveries.map((delivery, at) => messageFor(delivery, at, textFor))
      const failed = failedOf(await invoke(sqsEvent(messages, { fifo })))
      return messages.map(({ messageId }) => (failed.has(messageId) ? 'again' : 'settled'))
    },
  }
}

const messageFor = (delivery: EventDelivery, at: number, textFor: TextOf): SqsMessage => ({
  messageId: `00000000-0000-4000-8000-00000000000${at}`,
  body: textFor(delivery) ?? '',
  attempt: ('attempt' in delivery ? delivery.attempt : undefined) ?? 1,
})

/** Ids that SQS would deliver again. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html */
function failedOf(returned: unknown): ReadonlySet<string> {
  const { batchItemFailures } = returned as { batchItemFailures: { itemIdentifier: string }[] }
  return new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
}

function directForm(
  name: string,
  invoke: Invoke,
  eventFor: (delivery: EventDelivery) => object | undefined,
): EventForm {
  const one = async (delivery: EventDelivery): Promise<Settlement> => {
    try {
      await invoke(eventFor(delivery) ?? {})
      return 'settled'
    } catch {
      return 'again' // Lambda calls again; what was thrown is in the function's log
    }
  }
  return {
    name,
    carries: (delivery) => eventFor(delivery) !== undefined && !('attempt' in delivery),
    deliver: async (deliveries) => {
      const settled: Settlement[] = []
      for (const delivery of deliveries) settled.push(await one(delivery))
      return settled
    },
  }
}
