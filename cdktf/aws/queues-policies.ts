import type { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js'
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { policyOf, type Statement } from './permissions-identity.ts'
import type { ConsumerQueue } from './queues.ts'

/** TLS alone, and EventBridge for exactly the rules that feed the queue. Our functions come by their own roles. */
export function closeQueues(stack: SkyreelStack, consumers: readonly ConsumerQueue[]): void {
  for (const { name, queue, deadLetters, fedBy } of consumers) {
    closeQueue(stack, { id: `queue-${name}-policy`, queue, fedBy })
    closeQueue(stack, { id: `dead-letters-${name}-policy`, queue: deadLetters, fedBy })
  }
}

/** The policy of one queue. */
export function closeQueue(
  stack: SkyreelStack,
  { id, queue, fedBy }: { id: string; queue: SqsQueue; fedBy: readonly string[] },
): void {
  const statements = [onlyTls(queue.arn), ...fedBy.map((rule, i) => fromRule(queue.arn, rule, i))]
  new SqsQueuePolicy(stack, id, { queueUrl: queue.id, policy: policyOf(statements) })
}

const onlyTls = (queueArn: string): Statement => ({
  Sid: 'OnlyTls',
  Effect: 'Deny',
  Principal: '*',
  Action: ['sqs:DeleteMessage', 'sqs:ReceiveMessage', 'sqs:SendMessage'],
  Resource: [queueArn],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
})

const fromRule = (queueArn: string, ruleArn: string, i: number): Statement => ({
  Sid: `FromRule${i}`,
  Effect: 'Allow',
  Principal: { Service: 'events.amazonaws.com' },
  Action: ['sqs:SendMessage'],
  Resource: [queueArn],
  Condition: { ArnEquals: { 'aws:SourceArn': ruleArn } },
})
