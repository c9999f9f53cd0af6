import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns'
import type { Bus } from '../../core/ports/bus.ts'
import type { Clock } from '../../core/ports/clock.ts'
import { toWire } from '../../core/run/wire-event.ts'
import type { AnyEvent } from '../../events/catalog.ts'
import { batchesOf, type Refusal, sendAll } from './bus-batch.ts'
import { type AwsAccess, clientOptions } from './config.ts'

export interface AwsBusOptions extends AwsAccess {
  readonly clock: Pick<Clock, 'sleep'>
}

/** An event bus of EventBridge, or an SNS topic where the configuration has the ARN of one. */
export function openAwsBus(options: AwsBusOptions): Bus {
  return isTopic(options.config.bus) ? openTopic(options) : openEventBus(options)
}

const isTopic = (name: string): boolean => /^arn:aws[\w-]*:sns:/.test(name)

/** What rules match on: `source` is this, `detail-type` is the event's type. */
export const BUS_SOURCE = 'skyreel'

/**
 * 10 entries and 256 KiB a call. (Newer regions take 1 MiB; one event that is longer than ours goes alone, and the service
 * decides.) https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
 */
const LIMITS = { count: 10, bytes: 256 * 1024 }

function openEventBus(options: AwsBusOptions): Bus {
  const client = new EventBridgeClient(clientOptions(options, 'eventbridge'))
  const entry = (event: AnyEvent) => ({
    EventBusName: options.config.bus,
    Source: BUS_SOURCE,
    DetailType: event.type,
    Detail: JSON.stringify(toWire(event)),
    Time: new Date(event.time),
  })
  type Entry = ReturnType<typeof entry>
  const send = async (entries: readonly Entry[]) => {
    const answer = await client.send(new PutEventsCommand({ Entries: [...entries] }))
    // Answers are in the order of the entries; those that failed have a code and no id.
    return (answer.Entries ?? []).flatMap(({ ErrorCode: code, ErrorMessage: message = '' }, i) =>
      code === undefined ? [] : [refused(entries[i], { code, message, again: MAY_PASS.includes(code) })],
    )
  }
  const bytes = ({ Source, DetailType, Detail }: Entry) =>
    14 + Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail)
  return {
    async publish(events) {
      for (const batch of batchesOf(events.map(entry), { ...LIMITS, bytesOf: bytes }))
        await sendAll(batch, send, options.clock)
    },
  }
}

/** All other codes say that the entry itself is wrong. */
const MAY_PASS = ['ThrottlingException', 'InternalFailure', 'InternalException', 'ServiceUnavailable']

function openTopic(options: AwsBusOptions): Bus {
  const client = new SNSClient(clientOptions(options, 'sns'))
  const entry = (event: AnyEvent, i: number) => ({
    Id: String(i),
    Message: JSON.stringify(toWire(event)),
    // What subscriptions filter by.
    MessageAttributes: { type: { DataType: 'String', StringValue: event.type } },
  })
  type Entry = ReturnType<typeof entry>
  const send = async (entries: readonly Entry[]) => {
    const request = { TopicArn: options.config.bus, PublishBatchRequestEntries: [...entries] }
    const { Failed = [] } = await client.send(new PublishBatchCommand(request))
    return Failed.map(({ Id, Code: code = '', Message: message = '', SenderFault }) =>
      refused(
        entries.find((one) => one.Id === Id),
        { code, message, again: SenderFault !== true },
      ),
    )
  }
  const bytes = ({ Message, MessageAttributes }: Entry) =>
    Buffer.byteLength(Message) + Buffer.byteLength(JSON.stringify(MessageAttributes))
  return {
    async publish(events) {
      for (const batch of batchesOf(events.map(entry), { ...LIMITS, bytesOf: bytes }))
        await sendAll(batch, send, options.clock)
    },
  }
}

function refused<T>(entry: T | undefined, why: Omit<Refusal<T>, 'entry'>): Refusal<T> {
  if (entry === undefined) throw new Error('the bus answered for an entry that was not sent')
  return { entry, ...why }
}
