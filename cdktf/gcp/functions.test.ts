import { describe, expect, it } from 'vitest'
import { readGcpConfig } from '../../adapters/gcp/config.ts'
import { cloudConfig } from '../../functions/entry/cloud-config.ts'
import { bucketNames, trustedHops } from '../../functions/entry/cloud-env.ts'
import { reference, synthesized, variablesOf } from './testing/synth.ts'

const stack = await synthesized()
const service = (name: string) => stack.one('google_cloud_run_v2_service', `fn-${name}`)
const deployed = stack.plan.filter(({ kind }) => kind !== 'job')

describe.each(deployed.map((fn) => [fn.name, fn] as const))('the service of %s', (name, fn) => {
  const { template } = service(name)
  const variables = variablesOf(template)

  it('is told all that the driver wants', () => {
    expect(readGcpConfig(variables).project).toBe('skyreel-dev-example')
  })
  it('is told all that the entry wants', () => {
    expect(cloudConfig(variables).publicOrigin).toBe('https://gcp.video.dev.example.com')
  })
  it('finds its events under the names of our buckets', () => {
    expect(Object.keys(bucketNames(variables))).toEqual(['uploads', 'media'])
  })
  it('is ended some seconds after its own time is up', () => {
    expect(template.timeout).toBe(`${fn.timeoutSeconds + 5}s`)
  })
  it('runs the function that it is named for', () => {
    expect(variables.FUNCTION_TARGET).toBe(name)
  })
  it('runs the very code of its zip', () => {
    expect(template.containers[0].image).toMatch(
      new RegExp(`/${name}:\\$\\{filesha256\\("[^"]+/gcp/${name}\\.zip"\\)\\}$`),
    )
  })
  it('waits for the build of its image', () => {
    expect(service(name).depends_on).toContain(`terraform_data.build-${name}`)
  })
  it('runs as itself', () => {
    expect(template.service_account).toBe(reference(`google_service_account.account-${name}.email`))
  })
  it('leaves its traffic to the canary', () => {
    expect(service(name).lifecycle.ignore_changes).toContain('traffic')
  })
  it('is not reached past the load balancer', () => {
    const ways = { http: 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER', on: 'INGRESS_TRAFFIC_INTERNAL_ONLY' }
    expect(service(name).ingress).toBe(fn.kind === 'http' ? ways.http : ways.on)
  })
})

describe('a service', () => {
  it('of an API trusts the one address that the load balancer adds', () => {
    expect(trustedHops(variablesOf(service('video-api').template))).toEqual({ trustedHops: 1 })
  })
  it('of an API is called without a sign-in', () => {
    expect(service('video-api').invoker_iam_disabled).toBe(true)
  })
  it('of a reaction is called by nobody who has not signed in', () => {
    expect(service('thumbnails').invoker_iam_disabled).toBeUndefined()
  })
  it('that only reads the database asks for the string that only reads', () => {
    expect(variablesOf(service('platform-api').template).SKYREEL_DB).toBe('read')
  })
  it('that writes to the database asks for the other', () => {
    expect(variablesOf(service('video-api').template)).not.toHaveProperty('SKYREEL_DB')
  })
  it('that signs is told its own address', () => {
    expect(variablesOf(service('video-api').template).SKYREEL_GCP_SERVICE_ACCOUNT).toBe(
      'skyreel-dev-video-api@skyreel-dev-example.iam.gserviceaccount.com',
    )
  })
  it('has no more instances than its manifest allows', () => {
    expect(service('thumbnails').template.scaling.max_instance_count).toBe(20)
  })
  it('of a reaction takes one event at a time', () => {
    expect(service('thumbnails').template.max_instance_request_concurrency).toBe(1)
  })
  it('leaves the paths of browsers to our router', () => {
    expect(variablesOf(service('video-api').template).IGNORED_ROUTES).toBe('')
  })
})

describe('the build of a function', () => {
  const build = stack.one('terraform_data', 'build-video-api')
  const { environment } = build.provisioner[0]['local-exec']

  it('makes the image that the service runs', () => {
    expect(environment.IMAGE).toBe(service('video-api').template.containers[0].image)
  })
  it('is of the zip in the bucket of code', () => {
    const zip = 'google_storage_bucket_object.zip-video-api'
    expect(environment.SOURCE).toBe(`gs://${reference(`${zip}.bucket`)}/${reference(`${zip}.name`)}`)
  })
  it('is copied to where the account of the builds may read it, and forgotten there', () => {
    const { bucket } = stack.one('google_storage_bucket_iam_member', 'grant-build-code')
    const [rule] = stack.one('google_storage_bucket', 'bucket-code').lifecycle_rule
    expect([environment.STAGING, rule.condition.matches_prefix, bucket]).toEqual([
      `gs://${reference('google_storage_bucket_object.zip-video-api.bucket')}/builds`,
      ['builds/'],
      stack.one('google_storage_bucket_object', 'zip-video-api').bucket,
    ])
    expect(build.provisioner[0]['local-exec'].command).toContain('--gcs-source-staging-dir="$STAGING"')
  })
  it('runs as the account of the builds', () => {
    expect(JSON.parse(environment.BUILD).serviceAccount).toBe(
      reference('google_service_account.account-build.id'),
    )
  })
  it('knows which function the image holds', () => {
    expect(JSON.parse(environment.BUILD).steps[0].args).toContain('--env=GOOGLE_FUNCTION_TARGET=video-api')
  })
  it('waits for its rights', () => {
    expect(build.depends_on).toEqual(
      expect.arrayContaining([
        'google_storage_bucket_iam_member.grant-build-code',
        'google_artifact_registry_repository_iam_member.grant-build-images',
        'google_project_iam_member.grant-build-log',
      ]),
    )
  })
})
