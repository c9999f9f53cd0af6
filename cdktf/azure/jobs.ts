import type { ContainerAppEnvironment } from '@cdktf/provider-azurerm/lib/container-app-environment/index.js'
import { ContainerAppJob } from '@cdktf/provider-azurerm/lib/container-app-job/index.js'
import type { ContainerRegistry } from '@cdktf/provider-azurerm/lib/container-registry/index.js'
import { IMAGE_TAG } from '../shared/artifacts.ts'
import type { PlannedFunction } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Ground } from './backend.ts'
import { openEnvironment, PROFILE } from './jobs-environment.ts'
import { type Identities, identityOf } from './permissions.ts'
import { assign } from './permissions-assign.ts'
import { mediaRepository } from './registry.ts'
import { settingsOf } from './settings.ts'
import { jobName } from './settings-names.ts'

/** The jobs by their kinds. */
export type Jobs = Readonly<Record<string, { readonly id: string; readonly name: string }>>

interface JobParts {
  readonly ground: Ground
  readonly identities: Identities
  readonly registry: ContainerRegistry
  readonly bus: string
  /** Where their lines go. */
  readonly workspaceId: string
}

/** After its time a job gives back what it holds, for a minute at most; the platform's own end comes behind that. */
const GIVE_BACK_SECONDS = 65

/** One Container Apps job for each kind of long work, which an API or a reaction starts with JOB_KIND, JOB_ID and JOB_INPUT. */
export function deployJobs(stack: SkyreelStack, parts: JobParts): Jobs {
  const environment = openEnvironment(stack, parts.ground, parts.workspaceId)
  return Object.fromEntries(
    stack.plan.flatMap((fn) => {
      if (!('job' in fn.trigger)) return []
      const { id, name } = deployJob(stack, fn, { ...parts, environment, kind: fn.trigger.job })
      return [[fn.trigger.job, { id, name }]]
    }),
  )
}

interface JobOptions extends JobParts {
  readonly environment: ContainerAppEnvironment
  readonly kind: string
}

function deployJob(stack: SkyreelStack, fn: PlannedFunction, options: JobOptions): ContainerAppJob {
  const { ground, identities, registry, environment, kind } = options
  const { id, principalId } = identityOf(identities, fn)
  const pull = assign(stack, `may-pull-${fn.name}`, { principalId, role: 'AcrPull', scope: registry.id })
  return new ContainerAppJob(stack, `job-${fn.name}`, {
    ...{ ...ground.at, name: jobName(stack.place, kind), containerAppEnvironmentId: environment.id },
    workloadProfileName: PROFILE,
    identity: { type: 'UserAssigned', identityIds: [id] },
    registry: [{ server: registry.loginServer, identity: id }],
    replicaTimeoutInSeconds: fn.timeoutSeconds + GIVE_BACK_SECONDS,
    // The sweep starts what has failed, and counts; the platform would start it behind its back.
    replicaRetryLimit: 0,
    manualTriggerConfig: { parallelism: 1, replicaCompletionCount: 1 },
    template: { container: [containerOf(stack, fn, options)] },
    dependsOn: [pull],
  })
}

/**
 * Container Apps can neither make the root read-only nor give more room than 8 GiB to a container of two processors and
 * more; /tmp is a part of that. It ends a container 30 s after SIGTERM, for which the drivers wait.
 */
function containerOf(stack: SkyreelStack, fn: PlannedFunction, { registry, identities, bus }: JobOptions) {
  const { clientId } = identityOf(identities, fn)
  const variables = {
    SKYREEL_CLOUD: 'azure',
    ...settingsOf(stack.place, stack.plan, fn, { bus, clientId }),
  }
  return {
    name: 'media',
    image: `${mediaRepository(registry)}:${IMAGE_TAG}`,
    cpu: fn.cpu ?? 1,
    memory: `${fn.memoryMb / 1024}Gi`,
    env: Object.entries(variables).map(([name, value]) => ({ name, value })),
  }
}
