import { beforeAll, describe, expect, it } from 'vitest'
import { FALLBACK_API } from '../shared/routes.ts'
import { type Attributes, type Synthesized, synthAws } from './testing/synth.ts'

let dev: Synthesized
beforeAll(async () => {
  dev = await synthAws()
})
const routes = (): Attributes[] => Object.values(dev.all('aws_apigatewayv2_route'))
const routeOf = (key: string) => routes().find(({ route_key }) => route_key === key)
const targetOf = (name: string) => `integrations/\${aws_apigatewayv2_integration.api-${name}.id}`

describe('the gateway', () => {
  it('gives a prefix and all below it to the function whose routes they are', () => {
    const targets = ['ANY /v1/videos', 'ANY /v1/videos/{proxy+}'].map((key) => routeOf(key)?.target)
    expect(targets).toEqual([targetOf('video-api'), targetOf('video-api')])
  })
  it('gives what no route is for to the API that answers it with a problem', () => {
    expect(routeOf('$default')?.target).toBe(targetOf(FALLBACK_API))
  })
  it('has no route twice', () => {
    const keys = routes().map(({ route_key }) => route_key)
    expect(new Set(keys).size).toBe(keys.length)
  })
  it('calls the version that serves, in the form that our adapter reads', () => {
    expect(dev.resource('aws_apigatewayv2_integration', 'api-video-api')).toMatchObject({
      integration_uri: `\${aws_lambda_alias.live-video-api.invoke_arn}`,
      payload_format_version: '2.0',
    })
  })
  it('waits no longer than it can', () => {
    const waits = Object.values(dev.all('aws_apigatewayv2_integration')).map(
      (one) => one.timeout_milliseconds,
    )
    expect(Math.max(...waits)).toBe(30_000)
  })
  it('may call the alias and not the function behind it', () => {
    expect(dev.resource('aws_lambda_permission', 'api-calls-video-api')).toMatchObject({
      qualifier: `\${aws_lambda_alias.live-video-api.name}`,
      source_arn: `\${aws_apigatewayv2_api.api.execution_arn}/*`,
    })
  })
  it('writes no query to its log: it may hold a signature', () => {
    const { format } = dev.resource('aws_apigatewayv2_stage', 'api-stage').access_log_settings
    expect(format).not.toMatch(/query|\$context\.path[^"]/i)
  })
})
