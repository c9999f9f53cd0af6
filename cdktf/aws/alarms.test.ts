import { beforeAll, describe, expect, it } from 'vitest'
import { EDGE_REGION } from './stack-provider.ts'
import { type Attributes, type Synthesized, synthAws } from './testing/synth.ts'

let dev: Synthesized
beforeAll(async () => {
  dev = await synthAws()
})
const alarms = (): Attributes[] => Object.values(dev.all('aws_cloudwatch_metric_alarm'))
const metricsOf = (one: Attributes): Attributes[] =>
  one.metric_query ? one.metric_query.flatMap(({ metric }: Attributes) => metric ?? []) : [one]
const watched = (metric: string): string[] =>
  alarms()
    .flatMap(metricsOf)
    .filter(({ metric_name }) => metric_name === metric)
    .map(({ dimensions }) => dimensions.QueueName)

describe('the alarms', () => {
  it('watch every queue of dead letters', () => {
    const dead = Object.keys(dev.all('aws_sqs_queue')).filter((id) => id.startsWith('dead-letters-'))
    expect(watched('ApproximateNumberOfMessagesVisible').sort()).toEqual(
      dead.map((id) => `\${aws_sqs_queue.${id}.name}`).sort(),
    )
  })
  it('ring for what our code gave up, of which no queue tells', () => {
    const [filter] = [dev.resource('aws_cloudwatch_log_metric_filter', 'own-letters-media-uploaded')]
    const { name, namespace } = filter.metric_transformation
    expect([filter.pattern, dev.resource('aws_cloudwatch_metric_alarm', 'alarm-own-letters')]).toMatchObject([
      '{ $.message = "*became a dead letter" }',
      { metric_name: name, namespace, threshold: 1, evaluation_periods: 1 },
    ])
  })
  it('ring for webhooks that wait for a person, and for none in a day', () => {
    const [filter] = [dev.resource('aws_cloudwatch_log_metric_filter', 'webhook-trouble')]
    const { name, namespace } = filter.metric_transformation
    expect([filter.pattern, dev.resource('aws_cloudwatch_metric_alarm', 'alarm-webhooks')]).toMatchObject([
      '{ ($.message = "webhooks wait for an operator*") || ($.message = "no webhook came for a day*") }',
      { metric_name: name, namespace, threshold: 1, evaluation_periods: 1 },
    ])
  })
  it('ring for each schedule that runs too seldom for the sum of errors', () => {
    const rare = dev.plan.filter(({ trigger }) => 'every' in trigger && trigger.every !== '1 minute')
    const ringing = Object.entries(dev.all('aws_cloudwatch_metric_alarm')).filter(([id]) =>
      id.startsWith('alarm-failed-runs'),
    )
    const names = ringing
      .flatMap(([, one]) => metricsOf(one))
      .map(({ metric_name, dimensions }) => [metric_name, dimensions.FunctionName])
    expect(names).toEqual(
      rare.map(({ name }) => ['AsyncEventsDropped', `\${aws_lambda_function.fn-${name}.function_name}`]),
    )
  })
  it('cost less than four dollars a month', () => {
    expect(alarms().flatMap(metricsOf).length * 0.1).toBeLessThan(4)
  })
  it('are split where an expression would have more metrics than it may', async () => {
    const consumer = (all: Synthesized['plan']) => all.filter(({ kind }) => kind === 'on')
    const many = await synthAws({
      plan: (all) => [...all, ...consumer(all).map((fn) => ({ ...fn, name: `other-${fn.name}` }))],
    })
    const numbers = Object.values(many.all('aws_cloudwatch_metric_alarm')).map((one) => metricsOf(one).length)
    expect([Math.max(...numbers), 'alarm-dead-letters-2' in many.all('aws_cloudwatch_metric_alarm')]).toEqual(
      [10, true],
    )
  })
  it('of the CDN are where its metrics are', () => {
    const { provider } = dev.resource('aws_cloudwatch_metric_alarm', 'alarm-edge-5xx')
    const [, edge] = dev.json.provider.aws
    expect([provider, edge]).toMatchObject(['aws.edge', { alias: 'edge', region: EDGE_REGION }])
  })
  it('do not count a job that was stopped, or whose place Spot took back', () => {
    const { event_pattern: pattern } = dev.resource('aws_cloudwatch_event_rule', 'failed-jobs')
    const codes = JSON.parse(pattern).detail.$or.flatMap(({ stopCode }: Attributes) => stopCode)
    expect(codes).toEqual(['EssentialContainerExited', 'TaskFailedToStart'])
  })
  it('go to every address of the budget', async () => {
    const budget = { monthlyUsd: 50, alertEmails: ['a@example.org', 'b@example.org'] }
    const stack = await synthAws({ change: { budget } })
    const mails = Object.values(stack.all('aws_sns_topic_subscription')).map(({ endpoint }) => endpoint)
    expect(mails.sort()).toEqual(['a@example.org', 'a@example.org', 'b@example.org', 'b@example.org'])
  })
})

describe('the budget', () => {
  it('tells at half, at four fifths and when it is spent', () => {
    const { notification } = dev.resource('aws_budgets_budget', 'budget')
    const spent = notification.filter((one: Attributes) => one.notification_type === 'ACTUAL')
    expect(spent.map(({ threshold }: Attributes) => threshold)).toEqual([50, 80, 100])
  })
  it('is not told twice of a preview, which lives in its environment’s account', async () => {
    const preview = await synthAws({ preview: 'pr-12' })
    expect(preview.all('aws_budgets_budget')).toEqual({})
  })
})
