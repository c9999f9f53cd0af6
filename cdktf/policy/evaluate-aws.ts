import type { Asked, ComputedAttribute } from './computed-attribute.ts'

/** Service and the rest of the ARN behind the account. https://docs.aws.amazon.com/service-authorization/latest/reference/ */
const ARNS: Readonly<Record<string, (asked: Asked) => readonly [service: string, resource: string]>> = {
  aws_cloudwatch_event_bus: ({ own }) => ['events', `event-bus/${own('name')}`],
  aws_cloudwatch_log_group: ({ own }) => ['logs', `log-group:${own('name')}`],
  aws_dynamodb_table: ({ own }) => ['dynamodb', `table/${own('name')}`],
  aws_ecr_repository: ({ own }) => ['ecr', `repository/${own('name')}`],
  aws_ecs_cluster: ({ own }) => ['ecs', `cluster/${own('name')}`],
  aws_ecs_task_definition: ({ own }) => ['ecs', `task-definition/${own('family')}:1`],
  aws_kms_key: ({ resource }) => ['kms', `key/${resource.id}`],
  aws_lambda_alias: ({ own }) => ['lambda', `function:${nameIn(own('function_name'))}:${own('name')}`],
  aws_lambda_function: ({ own }) => ['lambda', `function:${own('function_name')}`],
  aws_scheduler_schedule_group: ({ own }) => ['scheduler', `schedule-group/${own('name')}`],
  aws_secretsmanager_secret: ({ own }) => ['secretsmanager', `secret:${own('name')}-AbCdEf`],
  aws_sns_topic: ({ own }) => ['sns', own('name')],
  aws_sqs_queue: ({ own }) => ['sqs', own('name')],
}

/** An alias may name its function by name or by ARN. */
const nameIn = (reference: string): string => reference.split(':').at(-1) ?? reference

/** Attributes that AWS gives. */
export const awsAttribute: ComputedAttribute = (asked) => {
  const { resource, attribute, own, place } = asked
  const { accountId, region } = place.environment.aws
  if (attribute === 'arn') return arnOf(asked)
  if (attribute === 'arn_without_revision') return arnOf(asked)?.replace(/:1$/, '')
  if (resource.type === 'aws_sqs_queue')
    return `https://sqs.${region}.amazonaws.com/${accountId}/${own('name')}`
  if (resource.type === 'aws_s3_bucket' && attribute === 'id') return own('bucket')
  if (resource.type === 'aws_cloudfront_public_key') return 'K2JCJMDEHXQW5F'
  if (resource.type === 'aws_subnet') return `subnet-${resource.id.replace(/\W/g, '')}`
  if (resource.type === 'aws_security_group') return `sg-${resource.id.replace(/\W/g, '')}`
  if (NAMED.has(attribute)) return resource.values.name === undefined ? undefined : own('name')
  return undefined
}

/** What is the name again for most types. */
const NAMED = new Set(['id', 'name'])

function arnOf(asked: Asked): string | undefined {
  const { resource, own, place } = asked
  const { accountId, region } = place.environment.aws
  if (resource.type === 'aws_s3_bucket') return `arn:aws:s3:::${own('bucket')}`
  if (resource.type === 'aws_iam_role') return `arn:aws:iam::${accountId}:role/${own('name')}`
  const parts = ARNS[resource.type]?.(asked)
  return parts && `arn:aws:${parts[0]}:${region}:${accountId}:${parts[1]}`
}
