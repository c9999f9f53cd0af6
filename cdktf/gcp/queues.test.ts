import { describe, expect, it } from 'vitest'
import { subscriptionFilter } from '../../adapters/gcp/bus-filter.ts'
import { OBJECT_FINALIZED as DECODED } from '../../adapters/gcp/storage-events.ts'
import { consumersOf } from './settings.ts'
import { OBJECT_FINALIZED } from './storage-events.ts'
import { reference, synthesized } from './testing/synth.ts'

const stack = await synthesized()
const subscription = (id: string) => stack.one('google_pubsub_subscription', id)

describe.each(consumersOf(stack.plan).map((fn) => [fn.name, fn] as const))(
  'the subscription of %s',
  (name, fn) => {
    const queue = subscription(`queue-${name}`)

    it('selects what the driver publishes for it', () => {
      const type = 'event' in fn.trigger && fn.trigger.bucket === undefined ? [fn.trigger.event] : []
      expect(queue.filter).toBe(subscriptionFilter(name, ...type))
    })
    it('pushes to a path that names the topic', () => {
      expect(queue.push_config.push_endpoint).toMatch(
        /\/projects\/skyreel-dev-example\/topics\/\$\{google_pubsub_topic\.bus\.name\}$/,
      )
    })
    it('waits until the platform has ended the function', () => {
      expect(queue.ack_deadline_seconds).toBeGreaterThan(fn.timeoutSeconds + 5)
    })
    it('gives up more slowly than the function itself', () => {
      const attempts = 'event' in fn.trigger ? fn.trigger.attempts : Number.NaN
      expect(queue.dead_letter_policy.max_delivery_attempts).toBeGreaterThan(attempts)
    })
    it('lasts without messages', () => {
      expect(queue.expiration_policy.ttl).toBe('')
    })
    it('keeps what was given up for as long as the config says', () => {
      expect(subscription(`dead-${name}`).message_retention_duration).toBe(`${7 * 86_400}s`)
    })
    it('may be emptied into the topic of dead letters', () => {
      expect(Object.keys(stack.all('google_pubsub_subscription_iam_member'))).toContain(
        `grant-${name}-dead-forward`,
      )
    })
  },
)

describe('events of the store', () => {
  it('are those that the decoder takes', () => {
    expect(OBJECT_FINALIZED).toBe(DECODED)
  })
  it('come of the bucket that the manifest names', () => {
    const { matching_criteria: criteria } = stack.one('google_eventarc_trigger', 'store-media-uploaded')
    expect(criteria).toContainEqual({
      attribute: 'bucket',
      value: reference('google_storage_bucket.bucket-uploads.name'),
    })
  })
  it('that are given up go to the dead letters of the function', () => {
    const { provisioner } = stack.one('terraform_data', 'store-media-uploaded-dead')
    expect(provisioner[0]['local-exec'].environment.TOPIC).toBe(
      reference('google_pubsub_topic.dead-topic-media-uploaded.id'),
    )
  })
})

describe('a schedule', () => {
  const job = (name: string) => stack.one('google_cloud_scheduler_job', `cron-${name}`)
  it('is called as often as its manifest says', () => {
    expect(job('outbox-sweep').schedule).toBe('* * * * *')
  })
  it('is not called again within the minute', () => {
    expect(job('outbox-sweep').retry_config.retry_count).toBe(0)
  })
  it('that comes once a day is tried again', () => {
    expect(job('session-purge').retry_config.retry_count).toBeGreaterThan(0)
  })
  it('is waited for until the platform has ended it', () => {
    expect(job('inbox-purge').attempt_deadline).toBe('310s')
  })
})
