import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import type { EcrRepository } from '@cdktf/provider-aws/lib/ecr-repository/index.js'
import { EcsCluster } from '@cdktf/provider-aws/lib/ecs-cluster/index.js'
import { EcsClusterCapacityProviders } from '@cdktf/provider-aws/lib/ecs-cluster-capacity-providers/index.js'
import { TerraformLocal } from 'cdktf'
import type { UsesDeclaration } from '../../core/run/function.ts'
import { IMAGE_TAG } from '../shared/artifacts.ts'
import type { PlannedFunction } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { CONTAINER, defineTask } from './jobs-task.ts'
import {
  logStatements,
  pullStatements,
  type Reachable,
  secretStatements,
  usesStatements,
} from './permissions.ts'
import { makeIdentity, TASKS } from './permissions-identity.ts'
import type { Variables } from './settings.ts'

export type JobKind = NonNullable<UsesDeclaration['jobs']>[number]

/** Where jobs run, for whoever starts them. */
export interface ContainerJobs {
  readonly clusterName: string
  readonly clusterArn: string
  /** A task's ARN is this, `/` and its id. */
  readonly taskArnPrefix: string
  readonly container: string
  readonly executionRoleArn: string
  readonly tasks: Readonly<Record<JobKind, JobTask>>
}
export interface JobTask {
  readonly family: string
  readonly arnWithoutRevision: string
  readonly roleArn: string
}

export interface JobsOptions {
  readonly reachable: Reachable
  readonly repository: EcrRepository
  readonly variables: (fn: PlannedFunction) => Variables
}

/** The cluster, and for each kind of job a task definition with a role of its own. Nothing here costs while no job runs. */
export function makeJobs(stack: SkyreelStack, options: JobsOptions): ContainerJobs {
  const { prefix, environment } = stack.place
  const { region, accountId } = environment.aws
  const cluster = openCluster(stack)
  const log = new CloudwatchLogGroup(stack, 'log-jobs', {
    name: `/aws/ecs/${prefix}-jobs`,
    retentionInDays: environment.retention.logDays,
  })
  const executionRoleArn = startersRole(stack, options.repository, log.arn)
  // An expression with quotes in it cannot stand within JSON: by its local name it can.
  const tag = new TerraformLocal(stack, 'image-tag', IMAGE_TAG)
  const image = `${options.repository.repositoryUrl}:${tag.asString}`
  const tasks = stack.plan.flatMap((fn) =>
    'job' in fn.trigger
      ? [[fn.trigger.job, makeTask(stack, fn, { ...options, executionRoleArn, log, image })]]
      : [],
  )
  return {
    ...{ clusterName: cluster.name, clusterArn: cluster.arn, container: CONTAINER, executionRoleArn },
    taskArnPrefix: `arn:aws:ecs:${region}:${accountId}:task/${prefix}`,
    tasks: Object.fromEntries(tasks) as ContainerJobs['tasks'],
  }
}

/** Both providers, since adapters/aws/jobs-run.ts tries Spot first and then the other. */
function openCluster(stack: SkyreelStack): EcsCluster {
  const cluster = new EcsCluster(stack, 'jobs', {
    name: stack.place.prefix,
    // It would cost for each task what our own log lines tell.
    setting: [{ name: 'containerInsights', value: 'disabled' }],
  })
  const capacityProviders = ['FARGATE', 'FARGATE_SPOT']
  new EcsClusterCapacityProviders(stack, 'jobs-capacity', { clusterName: cluster.name, capacityProviders })
  return cluster
}

/** What Fargate itself acts as to start a container: it fetches the image and opens the log. The job cannot use it. */
function startersRole(stack: SkyreelStack, repository: EcrRepository, logArn: string): string {
  const statements = [...pullStatements(repository.arn), ...logStatements(logArn)]
  return makeIdentity(stack, { short: 'jobs-start', service: TASKS, statements }).role.arn
}

interface TaskGround extends JobsOptions {
  readonly executionRoleArn: string
  readonly log: CloudwatchLogGroup
  readonly image: string
}

function makeTask(stack: SkyreelStack, fn: PlannedFunction, ground: TaskGround): JobTask {
  const { reachable, executionRoleArn, log, image } = ground
  const statements = [
    ...usesStatements(fn, reachable),
    ...secretStatements(fn, stack.place, reachable.secrets),
  ]
  const { role } = makeIdentity(stack, { short: fn.name, service: TASKS, statements })
  const task = defineTask(stack, fn, {
    ...{ executionRoleArn, taskRoleArn: role.arn, logGroup: log.name },
    ...{ image, variables: ground.variables(fn) },
  })
  return { family: task.familyInput ?? '', arnWithoutRevision: task.arnWithoutRevision, roleArn: role.arn }
}
