import type { Rule } from '../../adapters/aws/testing/event-bridge.ts'
import type { Fauxqs } from '../../adapters/aws/testing/fauxqs.ts'
import type { OnFunction } from '../../core/run/function.ts'
import { type BucketNames, bucketNamed } from '../../core/run/storage-event.ts'
import { s3ThroughBridge } from '../conformance/aws-events.ts'
import type { StoredFacts } from '../conformance/event-case.ts'

export interface AwsQueues {
  /** Of the event bus: one for each consumer of an event of ours. */
  readonly rules: readonly Rule[]
  /** Brings what S3 tells of a new object before the consumers of its bucket, in EventBridge's form. */
  stored(notification: unknown, names: BucketNames): void
  /** Sentences about messages in dead-letter queues. */
  givenUp(): readonly string[]
}

export interface QueuesWish {
  readonly sqs: Fauxqs
  /** A queue has this and its consumer's name. */
  readonly prefix: string
  readonly functions: readonly OnFunction[]
}

/** A queue and a dead-letter queue for each consumer, and what EventBridge's rules put into them. */
export function openAwsQueues({ sqs, prefix, functions }: QueuesWish): AwsQueues {
  const queueOf = ({ name }: OnFunction) => prefix + name
  for (const fn of functions) {
    const { queueArn } = sqs.createQueue(deadQueue(queueOf(fn)))
    sqs.createQueue(queueOf(fn), { attributes: attributesOf(fn, queueArn) })
  }
  const ofBuckets = functions.filter(({ type }) => type === 'storage.object.created')
  return {
    rules: functions
      .filter((fn) => !ofBuckets.includes(fn))
      .map((fn) => ({
        pattern: { source: ['skyreel'], 'detail-type': [fn.type] },
        target: (envelope) => sqs.sendMessage(queueOf(fn), envelope),
      })),
    stored: (notification, names) => {
      for (const facts of factsOf(notification)) {
        const bucket = bucketNamed(names, facts.bucketName)
        for (const fn of ofBuckets.filter((one) => one.bucket === bucket))
          sqs.sendMessage(queueOf(fn), JSON.stringify(s3ThroughBridge(facts)))
      }
    },
    givenUp: () =>
      functions.flatMap((fn) => {
        const { ready = [] } = sqs.inspectQueue(deadQueue(queueOf(fn)))?.messages ?? {}
        return ready.length > 0 ? [`${ready.length} messages of ${fn.name} in its dead-letter queue`] : []
      }),
  }
}

const deadQueue = (queue: string) => `${queue}-dead`

/** The consumer itself gives up after its attempts; the queue's own limit is for what kills it before it can. */
const attributesOf = ({ attempts, timeoutSeconds }: OnFunction, deadLetterTargetArn: string) => ({
  VisibilityTimeout: String(timeoutSeconds),
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: attempts + 1 }),
})

interface S3Record {
  readonly eventName: string
  readonly eventTime: string
  readonly s3: {
    readonly bucket: { readonly name: string }
    readonly object: {
      readonly key: string
      readonly size: number
      readonly eTag: string
      readonly sequencer: string
    }
  }
}

const factsOf = (notification: unknown): StoredFacts[] =>
  (notification as { Records: S3Record[] }).Records.map(({ eventName, eventTime, s3 }) => ({
    bucketName: s3.bucket.name,
    key: decodeURIComponent(s3.object.key.replaceAll('+', ' ')),
    sizeBytes: s3.object.size,
    etag: s3.object.eTag,
    version: s3.object.sequencer,
    // To the second, as EventBridge does.
    time: eventTime.replace(/\.\d+/, ''),
    how: /CompleteMultipartUpload$/.test(eventName) ? 'multipart' : 'put',
  }))
