import type { ContainerJobs, JobKind } from './jobs.ts'
import { type Statement, TASKS } from './permissions-identity.ts'

/**
 * Start jobs of these kinds, and stop and look up tasks of our cluster. ECS knows a task by the cluster alone: which kind
 * it is of cannot be said, so who may stop one kind could stop the other, too.
 */
export function jobStatements(kinds: readonly JobKind[], jobs: ContainerJobs): Statement[] {
  const inCluster = { ArnEquals: { 'ecs:cluster': jobs.clusterArn } }
  const roles = [...kinds.map((kind) => jobs.tasks[kind].roleArn), jobs.executionRoleArn]
  return [
    {
      Sid: 'StartJobs',
      Effect: 'Allow',
      Action: ['ecs:RunTask'],
      // Whatever revision is the newest: a new one is registered at each release.
      Resource: kinds.map((kind) => `${jobs.tasks[kind].arnWithoutRevision}:*`),
      Condition: inCluster,
    },
    {
      Sid: 'FollowJobs',
      Effect: 'Allow',
      Action: ['ecs:DescribeTasks', 'ecs:StopTask'],
      Resource: [`${jobs.taskArnPrefix}/*`],
    },
    { Sid: LIST_JOBS, Effect: 'Allow', Action: ['ecs:ListTasks'], Resource: ['*'], Condition: inCluster },
    {
      Sid: 'GiveJobsTheirRoles',
      Effect: 'Allow',
      Action: ['iam:PassRole'],
      Resource: roles,
      Condition: { StringEquals: { 'iam:PassedToService': TASKS } },
    },
  ]
}

export const LIST_JOBS = 'ListJobs'
