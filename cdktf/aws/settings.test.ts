import { beforeAll, describe, expect, it } from 'vitest'
import { readAwsConfig } from '../../adapters/aws/config.ts'
import { cloudConfig } from '../../functions/entry/cloud-config.ts'
import { trustedHops } from '../../functions/entry/cloud-env.ts'
import { plausible, type Synthesized, synthAws } from './testing/synth.ts'

let dev: Synthesized
beforeAll(async () => {
  dev = await synthAws()
})

const variablesOf = (stack: Synthesized, name: string): Record<string, string> => {
  const { variables } = stack.resource('aws_lambda_function', `fn-${name}`).environment
  const entries = Object.entries(variables).map(([key, value]) => [key, plausible(String(value))])
  return Object.fromEntries(entries)
}
const jobVariablesOf = (stack: Synthesized, name: string): Record<string, string> => {
  const task = stack.resource('aws_ecs_task_definition', `job-${name}`)
  const [container] = JSON.parse(task.container_definitions)
  const pairs = container.environment as { name: string; value: string }[]
  return Object.fromEntries(pairs.map(({ name: key, value }) => [key, plausible(value)]))
}
const named = (stack: Synthesized, isJob: boolean) =>
  stack.plan.filter(({ kind }) => (kind === 'job') === isJob).map(({ name }) => name)

describe('the variables of the functions on AWS', () => {
  it('are taken by what reads them, in every function', () => {
    const read = () =>
      named(dev, false).map((name) => {
        const env = { AWS_REGION: 'eu-central-1', ...variablesOf(dev, name) }
        return [readAwsConfig(env), cloudConfig(env)]
      })
    expect(read).not.toThrow()
  })
  it('are taken by what reads them, in every job', () => {
    const read = () => named(dev, true).map((name) => readAwsConfig(jobVariablesOf(dev, name)))
    expect(read).not.toThrow()
  })
  it('name the cloud in every job', () => {
    expect(named(dev, true).map((name) => jobVariablesOf(dev, name).SKYREEL_CLOUD)).toEqual(['aws', 'aws'])
  })
  it('say where jobs run to those alone that use them', () => {
    const told = named(dev, false).filter((name) => 'SKYREEL_JOB_CLUSTER' in variablesOf(dev, name))
    const users = dev.plan.filter(({ uses }) => uses.jobs).map(({ name }) => name)
    expect(told).toEqual(users)
  })
  it('name for each kind of job the family of its own task definition', () => {
    const { jobs } = readAwsConfig({ AWS_REGION: 'eu-central-1', ...variablesOf(dev, 'failed-film-cleaner') })
    const families = ['transcode', 'thumbnails-job'].map(
      (name) => dev.resource('aws_ecs_task_definition', `job-${name}`).family,
    )
    expect([jobs?.tasks.transcode, jobs?.tasks.thumbnails]).toEqual(families)
  })
  it('choose the connection string that may only read for who only reads', () => {
    const readers = named(dev, false).filter((name) => variablesOf(dev, name).SKYREEL_DB === 'read')
    expect(readers).toEqual(['platform-api'])
  })
  it('trust the CDN as one hop in the APIs', () => {
    expect(trustedHops(variablesOf(dev, 'video-api'))).toEqual({ trustedHops: 1 })
  })
  it('end with what the environment overrides', async () => {
    const stack = await synthAws({ change: { settings: { SKYREEL_FLAGS: 'open-signup=off' } } })
    expect(variablesOf(stack, 'upload-sweep').SKYREEL_FLAGS).toBe('open-signup=off')
  })
  it('begin the names of queues as the queues are called', () => {
    const { SKYREEL_QUEUES = '' } = variablesOf(dev, 'outbox-sweep')
    const { name } = dev.resource('aws_sqs_queue', 'queue-thumbnails')
    expect(SKYREEL_QUEUES.endsWith(`/${name.slice(0, -'thumbnails'.length)}`)).toBe(true)
  })
  it('begin the names of secrets as the secrets are called', () => {
    const { SKYREEL_SECRETS } = variablesOf(dev, 'video-api')
    expect(dev.resource('aws_secretsmanager_secret', 'secret-token-key').name).toBe(
      `${SKYREEL_SECRETS}token-key`,
    )
  })
  it('give a preview a host of its own', async () => {
    const preview = await synthAws({ preview: 'pr-12' })
    expect(variablesOf(preview, 'video-api').SKYREEL_PUBLIC_ORIGIN).toBe(
      'https://pr-12.aws.video.dev.example.com',
    )
  })
})
