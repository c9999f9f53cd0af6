import { createHash } from 'node:crypto'
import { utf8 } from '../../adapters/node/utf8.ts'
import { toWire } from '../../core/run/wire-event.ts'
import type { AnyEvent } from '../../events/catalog.ts'
import type { EventDelivery, StoredFacts } from './event-case.ts'

const ACCOUNT = '123456789012'
const REGION = 'eu-central-1'
const TIME = '2026-01-02T03:04:05Z'

/** S3 writes keys as an HTML form does: a space is a plus. */
const formEncoded = (key: string) => encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+')

const S3_NAMES = {
  put: 'ObjectCreated:Put',
  multipart: 'ObjectCreated:CompleteMultipartUpload',
  copy: 'ObjectCreated:Copy',
} as const

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export function s3Notification(facts: StoredFacts): object {
  const record = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: REGION,
    eventTime: facts.time,
    eventName: S3_NAMES[facts.how],
    userIdentity: { principalId: 'AWS:ABC' },
    requestParameters: { sourceIPAddress: '203.0.113.7' },
    responseElements: { 'x-amz-request-id': 'C3D13FE58DE4C810', 'x-amz-id-2': 'x' },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'uploads',
      bucket: {
        name: facts.bucketName,
        ownerIdentity: { principalId: 'A' },
        arn: `arn:aws:s3:::${facts.bucketName}`,
      },
      object: {
        key: formEncoded(facts.key),
        size: facts.sizeBytes,
        eTag: facts.etag,
        sequencer: facts.version,
      },
    },
  }
  return { Records: [record] }
}

export const S3_TEST = {
  Service: 'Amazon S3',
  Event: 's3:TestEvent',
  Time: TIME,
  Bucket: 'skyreel-uploads',
  RequestId: '5582815E1AEA5ADF',
  HostId: '8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE',
}

const S3_REASONS = { put: 'PutObject', multipart: 'CompleteMultipartUpload', copy: 'CopyObject' } as const

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html: the key is as it is. */
export function s3ThroughBridge(facts: StoredFacts): object {
  return bridgeEvent('aws.s3', 'Object Created', facts.time, {
    version: '0',
    bucket: { name: facts.bucketName },
    object: {
      key: facts.key,
      size: facts.sizeBytes,
      etag: facts.etag,
      'version-id': 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e',
      sequencer: facts.version,
    },
    'request-id': 'N4N7GDK58NMKJ12R',
    requester: ACCOUNT,
    'source-ip-address': '203.0.113.7',
    reason: S3_REASONS[facts.how],
  })
}

export const busEvent = (event: AnyEvent): object =>
  bridgeEvent('skyreel', event.type, event.time, toWire(event))

function bridgeEvent(source: string, type: string, time: string, detail: object): object {
  return {
    version: '0',
    id: '17793124-05d4-b198-2fde-7ededc63b103',
    'detail-type': type,
    source,
    account: ACCOUNT,
    // EventBridge gives whole seconds; ours gives the store's own time where the detail has none.
    time,
    region: REGION,
    resources: [],
    detail,
  }
}

export function snsEvent(message: string): object {
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: `arn:aws:sns:${REGION}:${ACCOUNT}:skyreel:1`,
        Sns: { ...snsNotification(message), SignatureVersion: '1' },
      },
    ],
  }
}

/** As SNS puts it into a queue without raw delivery. */
export const snsNotification = (message: string): object => ({
  Type: 'Notification',
  MessageId: '95df01b4-ee98-5cb9-9903-4c221d41eb5e',
  TopicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:skyreel`,
  Subject: null,
  Message: message,
  Timestamp: '2026-01-02T03:04:05.678Z',
  MessageAttributes: {},
})

export interface SqsMessage {
  readonly messageId: string
  readonly body: string
  readonly attempt: number
}

export function sqsEvent(messages: readonly SqsMessage[], { fifo }: { fifo: boolean }): object {
  const queue = `arn:aws:sqs:${REGION}:${ACCOUNT}:conformance${fifo ? '.fifo' : ''}`
  return { Records: messages.map((message, at) => sqsRecord(message, at, { queue, fifo })) }
}

function sqsRecord(
  { messageId, body, attempt }: SqsMessage,
  at: number,
  { queue, fifo }: { queue: string; fifo: boolean },
) {
  const order = {
    SequenceNumber: `1885615453728767590${at}`,
    MessageGroupId: 'a',
    MessageDeduplicationId: messageId,
  }
  return {
    messageId,
    receiptHandle: `handle-${messageId}`,
    body,
    attributes: {
      ApproximateReceiveCount: String(attempt),
      SentTimestamp: '1767323045678',
      SenderId: 'AIDAIENQZJOLO23YVJ4VO',
      ApproximateFirstReceiveTimestamp: '1767323045680',
      ...(fifo ? order : {}),
    },
    messageAttributes: {},
    md5OfBody: createHash('md5').update(body).digest('hex'),
    eventSource: 'aws:sqs',
    eventSourceARN: queue,
    awsRegion: REGION,
  }
}

/** The text of a message as SQS and SNS take it; `undefined` for what they cannot hold. */
export function textOf(delivery: EventDelivery): string | undefined {
  if (delivery.carry === 'bus') return JSON.stringify(busEvent(delivery.event))
  if (delivery.carry === 'storage') return JSON.stringify(s3ThroughBridge(delivery.facts))
  if (delivery.carry !== 'queue' || delivery.body.byteLength === 0) return undefined
  return utf8(delivery.body)
}
