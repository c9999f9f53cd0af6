import type { StorageAction } from '../../core/run/function.ts'
import { secretsOf } from '../shared/needs.ts'
import type { PlannedFunction } from '../shared/plan.ts'
import { type Deployed, deployed } from './deployed.ts'
import { evaluated } from './evaluate.ts'
import { type Access, access, leastPrivilege } from './least-privilege.ts'
import { inner, type Stack } from './stack.ts'
import { allowedTo } from './statements-aws.ts'

/**
 * Actions on objects and on their bucket that an action of the port comes down to. S3 tells absence only to who may list;
 * what was written is looked at afterwards; parts are given up by who puts and by who removes.
 */
const STORAGE: Readonly<
  Record<StorageAction, { readonly objects: readonly string[]; readonly lists: boolean }>
> = {
  get: { objects: ['GetObject'], lists: true },
  head: { objects: ['GetObject'], lists: true },
  list: { objects: [], lists: true },
  put: { objects: ['PutObject', 'GetObject', 'AbortMultipartUpload'], lists: true },
  remove: { objects: ['DeleteObject', 'AbortMultipartUpload'], lists: false },
  'sign-get': { objects: ['GetObject'], lists: true },
  'sign-put': { objects: ['PutObject', 'ListMultipartUploadParts'], lists: true },
}

/** Told by the variables of a function, so that what it is told of and what it may touch are the same. */
function needed(stack: Stack, one: Deployed): readonly Access[] {
  const { accountId, region } = stack.place.environment.aws
  const at = (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`
  const { fn, variables } = one
  return [
    ...storage(fn, variables),
    ...(fn.uses.bus ?? []).map(() =>
      access('events:PutEvents', at('events', `event-bus/${variables.SKYREEL_BUS}`)),
    ),
    ...(fn.uses.queue ?? []).flatMap(() =>
      consumers(stack).map((name) => access('sqs:SendMessage', at('sqs', queueName(variables, name)))),
    ),
    ...secretsOf(fn, stack.place).map((name) =>
      access(
        'secretsmanager:GetSecretValue',
        at('secretsmanager', `secret:${variables.SKYREEL_SECRETS}${name}-AbCdEf`),
      ),
    ),
    ...jobs(stack, fn.uses.jobs ?? [], { variables, at }),
    ...(fn.uses.keyVault ?? []).map((use) =>
      access(use === 'wrap' ? 'kms:Encrypt' : 'kms:Decrypt', `${variables.SKYREEL_KEY_VAULT_KEY}`),
    ),
    ...(fn.kind === 'job' ? [] : logs(stack, one, at)),
    ...(fn.kind === 'on'
      ? RECEIVE.map((action) => access(action, at('sqs', queueName(variables, fn.name))))
      : []),
  ]
}

type Variables = Deployed['variables']
type At = (service: string, resource: string) => string

function storage({ uses }: PlannedFunction, variables: Variables): readonly Access[] {
  return Object.entries(uses.storage ?? {}).flatMap(([bucket, actions]) => {
    const arn = `arn:aws:s3:::${variables[`SKYREEL_BUCKET_${bucket.toUpperCase()}`]}`
    return actions.flatMap((action) => [
      ...STORAGE[action].objects.map((name) => access(`s3:${name}`, `${arn}/*`)),
      ...(STORAGE[action].lists ? [access('s3:ListBucket', arn)] : []),
    ])
  })
}

/** Lambda polls in the function's name, and our code puts messages off. */
const RECEIVE = [
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:ChangeMessageVisibility',
]

const consumers = ({ plan }: Stack): readonly string[] =>
  plan.filter(({ kind }) => kind === 'on').map(({ name }) => name)

const queueName = ({ SKYREEL_QUEUES = '' }: Variables, consumer: string): string =>
  `${SKYREEL_QUEUES.split('/').at(-1)}${consumer}`

function logs(stack: Stack, { resource }: Deployed, at: At): readonly Access[] {
  const group = evaluated(stack, inner(resource.values, 'logging_config').log_group)
  return ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) =>
    access(action, at('logs', `log-group:${group}:*`)),
  )
}

/** A task is known by its cluster alone, and ListTasks takes no resource that Fargate has. */
function jobs(
  stack: Stack,
  kinds: readonly string[],
  { variables, at }: { variables: Variables; at: At },
): readonly Access[] {
  if (kinds.length === 0) return []
  const tasks = at('ecs', `task/${variables.SKYREEL_JOB_CLUSTER}/*`)
  const started = deployed(stack).filter(
    ({ fn: { trigger } }) => 'job' in trigger && kinds.some((kind) => kind === trigger.job),
  )
  const roles = started.flatMap(({ identity, resource }) => [
    identity,
    evaluated(stack, resource.values.execution_role_arn),
  ])
  return [
    ...kinds.map((kind) =>
      access('ecs:RunTask', at('ecs', `task-definition/${variables[`SKYREEL_JOB_${kind.toUpperCase()}`]}:*`)),
    ),
    ...['ecs:DescribeTasks', 'ecs:StopTask'].map((action) => access(action, tasks)),
    access('ecs:ListTasks', '*'),
    ...roles.map((role) => access('iam:PassRole', role)),
  ]
}

const granted = (stack: Stack, { identity }: Deployed): readonly Access[] =>
  allowedTo(stack, identity).flatMap(({ actions, resources }) =>
    actions.flatMap((action) => resources.map((on) => access(action, on))),
  )

export const LEAST_PRIVILEGE_AWS = leastPrivilege('aws', { needed, granted })
