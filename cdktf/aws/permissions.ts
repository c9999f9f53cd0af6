import { type Holder, secretsOf } from '../shared/needs.ts'
import type { PlannedFunction } from '../shared/plan.ts'
import type { Buckets } from './buckets.ts'
import { filmsKeyStatements } from './films-key.ts'
import type { ContainerJobs } from './jobs.ts'
import type { Statement } from './permissions-identity.ts'
import { jobStatements, LIST_JOBS } from './permissions-jobs.ts'
import { storageStatements } from './permissions-storage.ts'
import type { Secrets } from './secrets.ts'

/** Everything that a manifest may name, as ARNs. */
export interface Reachable {
  readonly buckets: Buckets
  readonly secrets: Secrets
  readonly busArn: string
  /** Of every consumer. */
  readonly queueArns: readonly string[]
  /** Of the key that wraps the keys of films. */
  readonly filmsKeyArn: string
}

export const ECR_SIGN_IN = 'SignInToRegistry'

/** Statements, by their Sid, whose resource is `*`; all others name what they are about. */
export const WIDE_GRANTS: readonly { readonly id: string; readonly reason: string }[] = [
  {
    id: LIST_JOBS,
    reason:
      'ecs:ListTasks knows no resource but container instances, which Fargate does not have; its condition holds it to our cluster',
  },
  {
    id: ECR_SIGN_IN,
    reason:
      'ecr:GetAuthorizationToken is about the registry as a whole and takes no resource; what may be pulled is said beside it',
  },
]

/** Exactly what the manifest says it uses, and nothing of what a function needs for being one. */
export function usesStatements({ uses }: PlannedFunction, at: Reachable & Partial<WithJobs>): Statement[] {
  return [
    ...storageStatements(uses.storage ?? {}, at.buckets),
    ...allow('PublishEvents', uses.bus && ['events:PutEvents'], [at.busArn]),
    ...allow('SendToConsumers', uses.queue && ['sqs:SendMessage'], at.queueArns),
    ...(uses.jobs && at.jobs ? jobStatements(uses.jobs, at.jobs) : []),
    ...filmsKeyStatements(uses.keyVault, at.filmsKeyArn),
  ]
}
export interface WithJobs {
  readonly jobs: ContainerJobs
}

/** Those of the manifest's secrets that the deployment holds, and the one connection string that it asks for. */
export function secretStatements(fn: PlannedFunction, at: Holder, secrets: Secrets): Statement[] {
  const arns = secretsOf(fn, at).map((name) => {
    const arn = secrets[name]
    if (arn === undefined)
      throw new Error(`${fn.name} uses the secret ${name}, which this stack does not hold`)
    return arn
  })
  return allow('ReadSecrets', arns.length > 0 ? ['secretsmanager:GetSecretValue'] : undefined, arns)
}

/** Write to one log group: its streams are what the ARN's end stands for. */
export const logStatements = (groupArn: string): Statement[] =>
  allow('WriteLog', ['logs:CreateLogStream', 'logs:PutLogEvents'], [`${groupArn}:*`])

/** Take messages from one queue, and put them off. */
export const receiveStatements = (queueArn: string): Statement[] =>
  allow(
    'TakeFromQueue',
    ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
    [queueArn],
  )

/** Pull one repository's images. */
export const pullStatements = (repositoryArn: string): Statement[] => [
  ...allow(ECR_SIGN_IN, ['ecr:GetAuthorizationToken'], ['*']),
  ...allow(
    'PullImages',
    ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
    [repositoryArn],
  ),
]

/** One statement; none where there are no actions. */
export function allow(
  Sid: string,
  actions: readonly string[] | undefined,
  Resource: readonly string[],
): Statement[] {
  return actions === undefined ? [] : [{ Sid, Effect: 'Allow', Action: actions, Resource }]
}
