import { CloudRunV2Job } from '@cdktf/provider-google/lib/cloud-run-v2-job/index.js'
import { CloudRunV2JobIamMember } from '@cdktf/provider-google/lib/cloud-run-v2-job-iam-member/index.js'
import { IMAGE_TAG } from '../shared/artifacts.ts'
import type { PlannedFunction } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { FilmsKey } from './films-key.ts'
import { type Identities, identityOf } from './permissions.ts'
import type { Roles } from './permissions-roles.ts'
import type { Registry } from './registry.ts'
import { settingsOf } from './settings.ts'
import { jobName } from './settings-names.ts'

export type Jobs = ReadonlyMap<string, CloudRunV2Job>

/** After its time a job gives back what it holds, for a minute at most; the platform's own end comes behind that. */
const GIVE_BACK_SECONDS = 65

interface JobParts {
  readonly registry: Registry
  readonly identities: Identities
  readonly filmsKey: FilmsKey
}

/**
 * One Cloud Run job for each kind of long work, which an API or a reaction starts with JOB_KIND, JOB_ID and JOB_INPUT. The
 * container's file system is memory throughout: /tmp has a bound of its own, so that a full one is an error and not the end.
 */
export function layJobs(stack: SkyreelStack, by: JobParts): Jobs {
  const jobs = stack.plan.flatMap((fn) =>
    'job' in fn.trigger ? [[fn.trigger.job, layJob(stack, fn, by)] as const] : [],
  )
  return new Map(jobs)
}

function layJob(
  stack: SkyreelStack,
  fn: PlannedFunction,
  { registry, identities, filmsKey }: JobParts,
): CloudRunV2Job {
  const variables = {
    SKYREEL_CLOUD: 'gcp',
    ...settingsOf(stack.place, stack.plan, fn, { filmsKey: filmsKey.id }),
  }
  return new CloudRunV2Job(stack, `job-${fn.name}`, {
    name: jobName(stack.place, fn),
    location: stack.place.environment.gcp.region,
    deletionProtection: false,
    template: {
      taskCount: 1,
      template: {
        serviceAccount: identityOf(identities, fn).email,
        executionEnvironment: 'EXECUTION_ENVIRONMENT_GEN2',
        timeout: `${fn.timeoutSeconds + GIVE_BACK_SECONDS}s`,
        // The sweep starts what has failed, and counts; the platform would start it behind its back.
        maxRetries: 0,
        containers: [
          {
            image: `${registry.mediaImage}:${IMAGE_TAG}`,
            resources: { limits: { cpu: String(fn.cpu), memory: `${fn.memoryMb}Mi` } },
            env: Object.entries(variables).map(([name, value]) => ({ name, value })),
            volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
          },
        ],
        volumes: [{ name: 'tmp', emptyDir: { medium: 'MEMORY', sizeLimit: `${fn.memoryMb / 2}Mi` } }],
      },
    },
  })
}

/** Lets each function start and stop the kinds that its manifest names, and look at all of them. */
export function grantJobs(
  stack: SkyreelStack,
  { jobs, identities, roles }: { jobs: Jobs; identities: Identities; roles: Roles },
): void {
  for (const fn of stack.plan) {
    const kinds: readonly string[] = fn.uses.jobs ?? []
    if (kinds.length === 0) continue
    const { member } = identityOf(identities, fn)
    const grant = (kind: string, job: CloudRunV2Job, role: 'jobs-run' | 'jobs-look') =>
      new CloudRunV2JobIamMember(stack, `grant-${fn.name}-${role}-${kind}`, {
        name: job.name,
        location: job.location,
        role: roles[role].id,
        member,
      })
    for (const [kind, job] of jobs) {
      // An id says nothing of its kind: who starts or stops one looks through the executions of every kind.
      grant(kind, job, 'jobs-look')
      if (kinds.includes(kind)) grant(kind, job, 'jobs-run')
    }
  }
}
