import { beforeAll, describe, expect, it } from 'vitest'
import { BUS_SOURCE as PUBLISHED } from '../../adapters/aws/bus.ts'
import { BUS_SOURCE } from './bus.ts'
import { type Attributes, type Synthesized, synthAws } from './testing/synth.ts'

let dev: Synthesized
beforeAll(async () => {
  dev = await synthAws()
})
const consumers = () => dev.plan.filter(({ kind }) => kind === 'on')
const queue = (name: string) => dev.resource('aws_sqs_queue', `queue-${name}`)
const pattern = (name: string) =>
  JSON.parse(dev.resource('aws_cloudwatch_event_rule', `rule-${name}`).event_pattern)
const statements = (id: string): Attributes[] =>
  JSON.parse(dev.resource('aws_sqs_queue_policy', id).policy).Statement

describe('the queue of a consumer', () => {
  it('gives up long after the manifest’s attempts, which our code counts', () => {
    const slack = consumers().map(({ name, trigger }) => {
      const { maxReceiveCount } = JSON.parse(queue(name).redrive_policy)
      return 'attempts' in trigger && maxReceiveCount >= 4 * trigger.attempts
    })
    expect(slack).toEqual(consumers().map(() => true))
  })
  it('keeps a message from others for six times the platform’s limit', () => {
    expect(queue('thumbnails').visibility_timeout_seconds).toBe(6 * 125)
  })
  it.each(['dev', 'prod'] as const)('leaves dead letters half their days or more in %s', async (name) => {
    const stack = await synthAws({ environment: name })
    const waits = stack.resource('aws_sqs_queue', 'queue-thumbnails').message_retention_seconds
    const kept = stack.resource('aws_sqs_queue', 'dead-letters-thumbnails').message_retention_seconds
    expect(waits).toBeLessThanOrEqual(kept / 2)
  })
  it('tells Lambda which messages of a batch failed, and calls the version that serves', () => {
    expect(dev.resource('aws_lambda_event_source_mapping', 'consume-media-uploaded')).toMatchObject({
      function_name: `\${aws_lambda_alias.live-media-uploaded.arn}`,
      function_response_types: ['ReportBatchItemFailures'],
      batch_size: 10,
    })
  })
  it('gives heavy work one message at a time, in as many instances as the function has', () => {
    expect(dev.resource('aws_lambda_event_source_mapping', 'consume-thumbnails')).toMatchObject({
      batch_size: 1,
      scaling_config: { maximum_concurrency: 20 },
    })
  })
  it('is written to by its own rule and by nobody else outside of the account', () => {
    const allowed = statements('queue-thumbnails-policy').filter(({ Effect }) => Effect === 'Allow')
    expect(allowed.map(({ Condition }) => Condition)).toEqual([
      { ArnEquals: { 'aws:SourceArn': `\${aws_cloudwatch_event_rule.rule-thumbnails.arn}` } },
    ])
  })
})

describe('the events that come to a consumer', () => {
  it('have the source that our bus publishes with', () => {
    expect(BUS_SOURCE).toBe(PUBLISHED)
  })
  it('are those of its type', () => {
    expect(pattern('transcode-starter')).toEqual({ source: [PUBLISHED], 'detail-type': ['video.uploaded'] })
  })
  it('are those of its bucket, where they are the store’s', () => {
    expect(pattern('media-uploaded')).toEqual({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { bucket: { name: [dev.resource('aws_s3_bucket', 'bucket-uploads').bucket] } },
    })
  })
  it('are told by the buckets alone that somebody listens to', () => {
    expect(Object.keys(dev.all('aws_s3_bucket_notification'))).toEqual(['bucket-uploads-events'])
  })
  it('go to its dead letters where its queue does not take them', () => {
    expect(dev.resource('aws_cloudwatch_event_target', 'target-thumbnails').dead_letter_config).toEqual({
      arn: `\${aws_sqs_queue.dead-letters-thumbnails.arn}`,
    })
  })
  it('that S3 does not tell of are refused', async () => {
    const other = synthAws({
      plan: (all) =>
        all.map((fn) =>
          'bucket' in fn.trigger ? { ...fn, trigger: { ...fn.trigger, event: 'storage.object.read' } } : fn,
        ),
    })
    await expect(other).rejects.toThrow('S3 tells of no storage.object.read')
  })
})
