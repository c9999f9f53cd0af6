import { CloudwatchEventBus } from '@cdktf/provider-aws/lib/cloudwatch-event-bus/index.js'
import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js'
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { ConsumerQueue } from './queues.ts'

/** As adapters/aws/bus.ts publishes; a test holds the two together. */
export const BUS_SOURCE = 'skyreel'

/** The bus of our own events. What nobody listens to is forgotten by it; the outbox has it all the same. */
export const makeBus = (stack: SkyreelStack): CloudwatchEventBus =>
  new CloudwatchEventBus(stack, 'bus', { name: stack.place.prefix })

/** Brings events of one type from our bus to each consumer's queue. */
export function listenToBus(
  stack: SkyreelStack,
  bus: CloudwatchEventBus,
  consumers: readonly ConsumerQueue[],
): void {
  for (const consumer of consumers) {
    const { event, bucket } = consumer.trigger
    if (bucket !== undefined) continue
    const pattern = { source: [BUS_SOURCE], 'detail-type': [event] }
    bringEvents(stack, consumer, { pattern, eventBusName: bus.name })
  }
}

interface Brought {
  readonly pattern: object
  readonly eventBusName?: string
  /** Tells a second rule of the same consumer from the first. */
  readonly from?: '' | 'stripe-'
}

/**
 * A rule that puts what it matches into the consumer's queue, and what it cannot put there in a day into its dead letters.
 * The rule's ARN is what both queues let in (queues-policies.ts).
 */
export function bringEvents(
  stack: SkyreelStack,
  consumer: ConsumerQueue,
  { pattern, eventBusName, from = '' }: Brought,
): void {
  const at = eventBusName === undefined ? {} : { eventBusName }
  const called = `${from}${consumer.name}`
  const name = `${stack.place.prefix}-${called}`
  const eventPattern = JSON.stringify(pattern)
  const rule = new CloudwatchEventRule(stack, `rule-${called}`, { name, eventPattern, ...at })
  new CloudwatchEventTarget(stack, `target-${called}`, {
    ...{ rule: rule.name, arn: consumer.queue.arn, targetId: 'queue', ...at },
    deadLetterConfig: { arn: consumer.deadLetters.arn },
    retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
  })
  consumer.fedBy.push(rule.arn)
}
