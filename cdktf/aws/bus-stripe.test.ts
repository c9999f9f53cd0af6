import { beforeAll, describe, expect, it } from 'vitest'
import { isStripeEvent } from '../../adapters/aws/bus-events-stripe.ts'
import { type Synthesized, synthAws } from './testing/synth.ts'

const SOURCE = 'aws.partner/stripe.com/ed_test_61Qz9aB2eZvKYlo2C'
const change = { billing: { stripeEventSource: SOURCE } }
let stack: Synthesized
beforeAll(async () => {
  stack = await synthAws({ change })
})

describe('the partner bus of Stripe', () => {
  it('is called as its source, or AWS would not join them', () => {
    expect(stack.resource('aws_cloudwatch_event_bus', 'stripe-bus')).toMatchObject({
      name: SOURCE,
      event_source_name: SOURCE,
    })
  })
  it('brings what the adapter takes for an event of Stripe', () => {
    const { event_pattern: pattern } = stack.resource(
      'aws_cloudwatch_event_rule',
      'rule-stripe-provider-events',
    )
    expect(JSON.parse(pattern).source.map((source: string) => isStripeEvent({ source }))).toEqual([true])
  })
  it('brings it to the queue of whoever reacts to events of providers', () => {
    expect(stack.resource('aws_cloudwatch_event_target', 'target-stripe-provider-events')).toMatchObject({
      arn: `\${aws_sqs_queue.queue-provider-events.arn}`,
      dead_letter_config: { arn: `\${aws_sqs_queue.dead-letters-provider-events.arn}` },
    })
  })
  it('is let into that queue beside our own bus', () => {
    const { policy } = stack.resource('aws_sqs_queue_policy', 'queue-provider-events-policy')
    const rules = JSON.parse(policy).Statement.flatMap(
      ({ Condition }: { Condition: { ArnEquals?: object } }) => Object.values(Condition.ArnEquals ?? {}),
    )
    expect(rules).toEqual([
      `\${aws_cloudwatch_event_rule.rule-provider-events.arn}`,
      `\${aws_cloudwatch_event_rule.rule-stripe-provider-events.arn}`,
    ])
  })
  it.each([
    ['without a source', {}],
    ['in a preview, which would take it from its environment', { change, preview: 'pr-12' }],
  ])('is not there %s', async (_, wish) => {
    expect(Object.keys((await synthAws(wish)).all('aws_cloudwatch_event_bus'))).toEqual(['bus'])
  })
})
