import type { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js'
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic/index.js'
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy/index.js'
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { policyOf, type Statement } from './permissions-identity.ts'

/**
 * A topic whose messages go to the budget's addresses; each must confirm once. It is not encrypted by a key: alarms cannot
 * write to a topic under AWS's own, and one of ours would cost a dollar a month for names of alarms.
 */
export function makeTopic(stack: SkyreelStack, id: string, provider?: AwsProvider): string {
  const at = provider === undefined ? {} : { provider }
  const { prefix, environment } = stack.place
  const topic = new SnsTopic(stack, id, { name: `${prefix}-${id}`, ...at })
  const policy = policyOf(statements(topic.arn, environment.aws.accountId))
  new SnsTopicPolicy(stack, `${id}-policy`, { arn: topic.arn, policy, ...at })
  for (const [i, endpoint] of environment.budget.alertEmails.entries()) {
    const to = { topicArn: topic.arn, protocol: 'email', endpoint }
    new SnsTopicSubscription(stack, `${id}-mail-${i}`, { ...to, ...at })
  }
  return topic.arn
}

const statements = (topicArn: string, account: string): Statement[] => [
  {
    Sid: 'OnlyTls',
    Effect: 'Deny',
    Principal: '*',
    Action: ['sns:Publish'],
    Resource: [topicArn],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  },
  {
    Sid: 'Alarms',
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Action: ['sns:Publish'],
    Resource: [topicArn],
    Condition: { StringEquals: { 'aws:SourceAccount': account } },
  },
]
