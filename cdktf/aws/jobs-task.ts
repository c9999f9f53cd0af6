import { EcsTaskDefinition } from '@cdktf/provider-aws/lib/ecs-task-definition/index.js'
import type { PlannedFunction } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Variables } from './settings.ts'

/** Its name in every task definition: what a start gives its variables to, and whose exit code tells how a job ended. */
export const CONTAINER = 'job'

export interface TaskOptions {
  readonly executionRoleArn: string
  readonly taskRoleArn: string
  readonly logGroup: string
  readonly image: string
  readonly variables: Variables
}

/** The longest that Fargate waits between SIGTERM and the end; a job gives its work back within seconds. */
const STOP_SECONDS = 120
/** Beside the image: a unit of work needs the room of one encoded chunk, and 20 GiB come free of charge. */
const DISK_GIB = 30

/** One kind of job. What is to be done comes with each start, as JOB_KIND, JOB_ID and JOB_INPUT. */
export function defineTask(
  stack: SkyreelStack,
  fn: PlannedFunction,
  options: TaskOptions,
): EcsTaskDefinition {
  const { executionRoleArn, taskRoleArn } = options
  return new EcsTaskDefinition(stack, `job-${fn.name}`, {
    family: `${stack.place.prefix}-${fn.name}`,
    ...{ requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', executionRoleArn, taskRoleArn },
    runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
    ...{ cpu: String((fn.cpu ?? 1) * 1024), memory: String(fn.memoryMb) },
    ephemeralStorage: { sizeInGib: DISK_GIB },
    volume: [{ name: SCRATCH }],
    containerDefinitions: JSON.stringify([container(stack, options)]),
  })
}

const SCRATCH = 'scratch'

/**
 * Fargate makes the volume for root alone, unless the image says otherwise: its Dockerfile names /tmp as a VOLUME, which
 * gives it the image's own mode. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
 */
function container(stack: SkyreelStack, { image, variables, logGroup }: TaskOptions) {
  const { region } = stack.place.environment.aws
  const told = { ...variables, AWS_REGION: region, SKYREEL_CLOUD: 'aws' }
  return {
    ...{ name: CONTAINER, image, essential: true },
    ...{ readonlyRootFilesystem: true, privileged: false, stopTimeout: STOP_SECONDS },
    linuxParameters: { capabilities: { drop: ['ALL'] } },
    mountPoints: [{ sourceVolume: SCRATCH, containerPath: '/tmp', readOnly: false }],
    environment: Object.entries(told).map(([name, value]) => ({ name, value })),
    logConfiguration: { logDriver: 'awslogs', options: logOptions(logGroup, region) },
  }
}

/** A log that is behind must not hold up a transcode. */
const logOptions = (group: string, region: string) => ({
  ...{ 'awslogs-group': group, 'awslogs-region': region, 'awslogs-stream-prefix': 'job' },
  ...{ mode: 'non-blocking', 'max-buffer-size': '4m' },
})
