import { beforeAll, describe, expect, it } from 'vitest'
import { type Synthesized, synthAws } from './testing/synth.ts'

let dev: Synthesized
beforeAll(async () => {
  dev = await synthAws()
})
const lambda = (name: string) => dev.resource('aws_lambda_function', `fn-${name}`)

describe('the functions on AWS', () => {
  it('are those of the plan that are no jobs', () => {
    const planned = dev.plan.filter(({ kind }) => kind !== 'job').map(({ name }) => `fn-${name}`)
    expect(Object.keys(dev.all('aws_lambda_function'))).toEqual(planned)
  })
  it('run on Node 24 on ARM and publish a version of each code', () => {
    expect(lambda('video-api')).toMatchObject({
      ...{ runtime: 'nodejs24.x', architectures: ['arm64'], handler: 'index.handler', publish: true },
      ...{ memory_size: 512, timeout: 33 },
    })
  })
  it('are deployed again exactly when the bytes of their zip differ', () => {
    const { filename, source_code_hash: hash } = lambda('video-api')
    expect([filename, hash]).toEqual([
      expect.stringMatching(/\/aws\/video-api\.zip$/),
      `\${filebase64sha256("${filename}")}`,
    ])
  })
  it('serve by an alias that Terraform makes and never moves', () => {
    expect(dev.resource('aws_lambda_alias', 'live-video-api')).toMatchObject({
      name: 'live',
      lifecycle: { ignore_changes: ['function_version', 'routing_config'] },
    })
  })
  it('have as many instances at most as the manifest says, and no bound without it', () => {
    const bounds = ['thumbnails', 'video-api'].map((name) => lambda(name).reserved_concurrent_executions)
    expect(bounds).toEqual([20, undefined])
  })
  it('log to groups that forget', () => {
    expect(dev.resource('aws_cloudwatch_log_group', 'log-video-api')).toMatchObject({
      ...{ name: '/aws/lambda/skyreel-dev-video-api', retention_in_days: 14 },
    })
  })
  it('are told to the deployment with the version that was published', () => {
    expect(dev.json.output.functions.value['outbox-sweep']).toEqual({
      kind: 'cron',
      name: `\${aws_lambda_function.fn-outbox-sweep.function_name}`,
      version: `\${aws_lambda_function.fn-outbox-sweep.version}`,
    })
  })
})
