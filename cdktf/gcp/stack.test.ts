import { describe, expect, it } from 'vitest'
import { dev } from '../config/dev.ts'
import { placeOf } from '../shared/place.ts'
import { REGISTRY_TARGETS } from './registry-targets.ts'
import { secretTargets } from './secrets-targets.ts'
import { synthesized } from './testing/synth.ts'

const targets = secretTargets(placeOf('gcp', dev))
const stack = await synthesized()

const addresses = Object.entries(stack.json.resource).flatMap(([type, of]) =>
  Object.keys(of as object).map((id) => `${type}.${id}`),
)

describe('the stack', () => {
  it.each([...REGISTRY_TARGETS, ...targets])('has %s, which is applied before the rest', (address) => {
    expect(addresses).toContain(address)
  })
  it('fills every secret that it tells the deployment of', () => {
    const containers = targets.filter((address) => address.startsWith('google_secret_manager_secret.'))
    expect(
      containers.map((address) => address.replace('google_secret_manager_secret.secret-', '')).sort(),
    ).toEqual(Object.keys(stack.json.output.secrets.value).sort())
  })
  it('lets each resource wait until Google knows its service', () => {
    const waiting = (id: string, of: string) => stack.one(of, id).depends_on
    expect(waiting('bus', 'google_pubsub_topic')).toContain('google_project_service.service-pubsub')
  })
  it('refers to nothing that it does not have', () => {
    const named = [...JSON.stringify(stack.json).matchAll(/"(google_\w+\.[\w-]+)"/g)].map(([, name]) => name)
    expect(named.filter((name) => !addresses.includes(name ?? ''))).toEqual([])
  })
  it('keeps the state under its own id', () => {
    expect(stack.json.terraform.backend.gcs.prefix).toBe('stacks/gcp-dev')
  })
  it('labels everything as the config says, letter by letter', () => {
    expect(stack.json.provider.google[0].default_labels).toHaveProperty('cost-centre', 'video')
  })
  it('removes nothing of production that holds data', async () => {
    const prod = await synthesized({ environment: 'prod' })
    const stateful = [
      ...Object.values(prod.all('google_storage_bucket')).filter(({ versioning }) => versioning),
    ]
    const secrets = Object.values(prod.all('google_secret_manager_secret'))
    expect([...stateful, ...secrets].map(({ lifecycle }) => lifecycle.prevent_destroy)).toEqual(
      Array(10).fill(true),
    )
  })
  it('leaves to the environment what a project has once', async () => {
    const preview = await synthesized({ preview: 'pr-12' })
    expect([
      preview.all('google_billing_budget'),
      preview.all('google_logging_project_bucket_config'),
    ]).toEqual([{}, {}])
  })
})

describe('a job', () => {
  const { template } = stack.one('google_cloud_run_v2_job', 'job-transcode').template

  it('is ended by the platform after the minute in which it gives back what it holds', () => {
    expect(template.timeout).toBe(`${360 * 60 + 65}s`)
  })
  it('is not started again behind the back of the sweep', () => {
    expect(template.max_retries).toBe(0)
  })
  it('has a bounded /tmp', () => {
    expect([template.containers[0].volume_mounts, template.volumes[0].empty_dir.size_limit]).toEqual([
      [{ name: 'tmp', mount_path: '/tmp' }],
      '4096Mi',
    ])
  })
})

describe('the bucket of uploads', () => {
  const { lifecycle_rule: rules, cors } = stack.one('google_storage_bucket', 'bucket-uploads')

  it('ends uploads a day after the sweep would have', () => {
    expect(rules).toEqual([{ action: { type: 'AbortIncompleteMultipartUpload' }, condition: { age: 8 } }])
  })
  it('takes parts from our pages and shows them the etag', () => {
    expect(cors[0]).toMatchObject({
      origin: ['https://gcp.video.dev.example.com'],
      method: ['PUT'],
      response_header: ['Content-Type', 'ETag'],
    })
  })
})

describe('alarms', () => {
  const filterOf = (id: string) =>
    stack.one('google_monitoring_alert_policy', `alarm-${id}`).conditions[0].condition_threshold.filter

  it('watch every subscription of dead letters', () => {
    const dead = Object.entries(stack.all('google_pubsub_subscription')).filter(([id]) =>
      id.startsWith('dead-'),
    )
    expect(dead.filter(([, { name }]) => !filterOf('dead-letters').includes(`"${name}"`))).toEqual([])
  })
  it("watch the age of the store's events too", () => {
    expect(filterOf('old-messages')).toContain('google_eventarc_trigger.store-media-uploaded')
  })
  it('ring for a schedule that fails each minute, which is five times in five minutes', () => {
    const { conditions } = stack.one('google_monitoring_alert_policy', 'alarm-failed-schedules')
    const { filter, threshold_value: above } = conditions[0].condition_threshold
    expect([filter, above < 5]).toEqual([expect.stringContaining('"skyreel-dev-outbox-sweep"'), true])
  })
  it('ring for each try of a schedule that comes once a day, of which three are within five minutes', () => {
    const { conditions } = stack.one('google_monitoring_alert_policy', 'alarm-failed-schedules')
    expect(conditions[0].condition_threshold.threshold_value).toBeLessThan(3)
  })
  it('ring for what our code gave up, of which no topic tells', () => {
    const { conditions, alert_strategy: strategy } = stack.one(
      'google_monitoring_alert_policy',
      'alarm-own-letters',
    )
    expect([conditions[0].condition_matched_log.filter, strategy.notification_rate_limit]).toEqual([
      expect.stringMatching(
        /"skyreel-dev-media-uploaded".* AND jsonPayload\.message:"became a dead letter"$/,
      ),
      { period: '3600s' },
    ])
  })
  it('ring for webhooks that wait for a person, and for none in a day', () => {
    const { conditions } = stack.one('google_monitoring_alert_policy', 'alarm-webhooks')
    expect(conditions[0].condition_matched_log.filter).toMatch(
      /=\("skyreel-dev-webhook-sweep"\) AND jsonPayload\.message:\("webhooks wait for an operator" OR "no webhook came for a day"\)$/,
    )
  })
  it('are eight, since each is paid for', () => {
    expect(Object.keys(stack.all('google_monitoring_alert_policy'))).toHaveLength(8)
  })
})
