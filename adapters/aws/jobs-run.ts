import { createHash } from 'node:crypto'
import { ConflictException, RunTaskCommand, type RunTaskCommandInput } from '@aws-sdk/client-ecs'
import type { JobKind } from '../../core/ports/jobs.ts'
import type { Ecs } from './jobs.ts'
import { type JobTask, startedBy } from './jobs-tasks.ts'

export interface Wanted {
  readonly kind: JobKind
  readonly id: string
  readonly input: unknown
  /** The job's earlier tasks, as far as ECS knows them. */
  readonly ended: readonly JobTask[]
}

/** Spot costs a third and may go at two minutes' notice: work is claimed by lease and taken up by the next task. */
const PROVIDERS = ['FARGATE_SPOT', 'FARGATE'] as const
type Provider = (typeof PROVIDERS)[number]

/** Starts one task. A strategy of both providers would spread tasks over them, not fall back: so they are tried in turn. */
export async function runTask(ecs: Ecs, want: Wanted): Promise<void> {
  for (const provider of PROVIDERS) {
    const failure = await tryOn(ecs, want, provider)
    if (failure === undefined) return
    if (provider === PROVIDERS.at(-1) || !isFull(failure))
      throw new Error('ECS did not run the task', { cause: failure })
  }
}

/**
 * `undefined` once the task is there, whoever's call made it. A conflict says that another start of the same job, with
 * another input, was first.
 */
async function tryOn(ecs: Ecs, want: Wanted, provider: Provider): Promise<Error | undefined> {
  try {
    const { failures = [] } = await ecs.client.send(new RunTaskCommand(request(ecs, want, provider)))
    if (failures.length === 0) return undefined
    return new Error(failures.map(({ reason, detail }) => [reason, detail].join(' ')).join('; '))
  } catch (error) {
    if (error instanceof ConflictException) return undefined
    if (error instanceof Error) return error
    throw error
  }
}

/** Said in a failure of the answer or in an error, by the same words. https://repost.aws/knowledge-center/ecs-fargate-runtask-capacity */
const isFull = ({ message }: Error): boolean => /capacity is unavailable/i.test(message)

function request({ jobs, clock }: Ecs, want: Wanted, provider: Provider): RunTaskCommandInput {
  const facts = { JOB_KIND: want.kind, JOB_ID: want.id, JOB_INPUT: JSON.stringify(want.input) }
  const environment = Object.entries(facts).map(([name, value]) => ({ name, value }))
  return {
    cluster: jobs.cluster,
    taskDefinition: jobs.tasks[want.kind],
    count: 1,
    capacityProviderStrategy: [{ capacityProvider: provider, weight: 1 }],
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [...jobs.subnets],
        securityGroups: [...jobs.securityGroups],
        assignPublicIp: jobs.publicIp ? 'ENABLED' : 'DISABLED',
      },
    },
    overrides: { containerOverrides: [{ name: jobs.container, environment }] },
    startedBy: startedBy(want.id),
    clientToken: token(want, provider, clock.now()),
  }
}

/**
 * The same for all who start the job at this state of affairs: ECS makes one task of them. It must differ once that task
 * has ended, and ECS knows a token for as long as it knows the task, an hour longer than it ran. The tasks that ended, which
 * it lists for as long, tell one start from the next; the hour keeps apart what is older than its lists.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html
 */
function token({ id, ended }: Wanted, provider: Provider, now: Date): string {
  const hour = Math.floor(now.getTime() / 3_600_000)
  const facts = [id, provider, hour, ended.map(({ taskArn }) => taskArn).sort()]
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex')
}
