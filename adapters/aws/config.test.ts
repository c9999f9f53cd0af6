import { describe, expect, it } from 'vitest'
import { readAwsConfig } from './config.ts'
import { TEST_ENV, TEST_JOB_ENV } from './testing/env.ts'

const complaint = (env: Readonly<Record<string, string | undefined>>): string => {
  try {
    readAwsConfig(env)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}
const NAMES = Object.keys(TEST_ENV).filter((name) => !/KEY_ID$|ACCESS_KEY$/.test(name) || /CDN/.test(name))

describe('the configuration of a deployment on AWS', () => {
  it('is read from the environment', () => {
    expect(
      readAwsConfig({ ...TEST_ENV, ...TEST_JOB_ENV, AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9000' }),
    ).toEqual({
      region: 'eu-central-1',
      buckets: { uploads: 'skyreel-test-uploads', media: 'skyreel-test-media' },
      bus: 'skyreel-test',
      queues: 'https://sqs.eu-central-1.amazonaws.com/000000000000/skyreel-test-',
      secrets: 'skyreel/test/',
      cdn: { origin: 'https://media.example.org', keyId: 'K2JCJMDEHXQW5F', cookieDomain: 'example.org' },
      jobs: {
        ...{ cluster: 'skyreel-test', container: 'job', publicIp: false },
        tasks: { transcode: 'skyreel-test-transcode', thumbnails: 'skyreel-test-thumbnails' },
        ...{ subnets: ['subnet-1', 'subnet-2'], securityGroups: ['sg-1'] },
      },
      endpoints: { s3: 'http://127.0.0.1:9000' },
    })
  })
  it('has no jobs where none of their variables is there', () => {
    expect(readAwsConfig(TEST_ENV).jobs).toBeUndefined()
  })
  it.each(NAMES)('is refused without %s, by that name alone', (name) => {
    const lines = complaint({ ...TEST_ENV, [name]: undefined })
      .split('\n')
      .slice(1)
    expect(lines).toEqual([expect.stringMatching(`^  ${name} must be `)])
  })
  it.each(Object.keys(TEST_JOB_ENV))('is refused without %s where other jobs variables are there', (name) => {
    const lines = complaint({ ...TEST_ENV, ...TEST_JOB_ENV, [name]: '' })
      .split('\n')
      .slice(1)
    expect(lines).toEqual([expect.stringMatching(`^  ${name} must be `)])
  })
  it('names all wrong variables at once', () => {
    const wrong = { AWS_REGION: 'Frankfurt', SKYREEL_BUCKET_MEDIA: 'Films.example', SKYREEL_BUS: 'a bus' }
    const names = complaint({ ...TEST_ENV, ...wrong }).match(/^ {2}\w+/gm)
    expect(names).toEqual(Object.keys(wrong).map((name) => `  ${name}`))
  })
  it.each([
    ['AWS_REGION', 'us-gov-west-1'],
    ['AWS_REGION', 'eusc-de-east-1'],
    ['SKYREEL_BUS', 'arn:aws:sns:eu-central-1:000000000000:skyreel'],
    ['SKYREEL_BUS', 'arn:aws-cn:events:cn-north-1:000000000000:event-bus/skyreel'],
    ['SKYREEL_COOKIE_DOMAIN', 'localhost'],
    ['SKYREEL_NEON_PROXY', '127.0.0.1:5433'],
    ['SKYREEL_KEY_VAULT_KEY', 'arn:aws:kms:eu-central-1:000000000000:key/mrk-6f8c'],
  ])('takes %s=%s', (name, value) => {
    expect(complaint({ ...TEST_ENV, [name]: value })).toBe('')
  })
  it.each([
    ['SKYREEL_CDN_ORIGIN', 'https://media.example.org/'],
    ['SKYREEL_QUEUES', 'skyreel-test-'],
    ['SKYREEL_COOKIE_DOMAIN', '.example.org'],
    ['AWS_ENDPOINT_URL_S3', '127.0.0.1:9000'],
    ['SKYREEL_KEY_VAULT_KEY', 'arn:aws:kms:eu-central-1:000000000000:alias/films'],
    ['SKYREEL_NEON_PROXY', 'http://127.0.0.1:5433'],
  ])('refuses %s=%s', (name, value) => {
    expect(complaint({ ...TEST_ENV, [name]: value })).toContain(`  ${name} must be `)
  })
})
