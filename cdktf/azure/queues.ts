import type { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account/index.js'
import { StorageQueue } from '@cdktf/provider-azurerm/lib/storage-queue/index.js'
import type { PlannedFunction } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { poisonName, queueName } from './settings-names.ts'

export interface ConsumerQueue {
  readonly queue: StorageQueue
  /** Where the Functions host puts what it gave up; it keeps it a week, and no setting changes that. */
  readonly poison: StorageQueue
}
export type ConsumerQueues = ReadonlyMap<string, ConsumerQueue>

/** A queue and its poison queue for each reaction; the store's events come by it, too. */
export function openQueues(stack: SkyreelStack, account: StorageAccount): ConsumerQueues {
  const open = (id: string, name: string) =>
    new StorageQueue(stack, id, { name, storageAccountId: account.id })
  const pairs = consumersOf(stack.plan).map(({ name }) => {
    const queue = open(`queue-${name}`, queueName(stack.place, name))
    // Made here so that the host needs no right to make queues.
    const poison = open(`queue-${name}-poison`, poisonName(stack.place, name))
    return [name, { queue, poison }] as const
  })
  return new Map(pairs)
}

/** Whatever has a queue. */
export const consumersOf = (plan: readonly PlannedFunction[]): readonly PlannedFunction[] =>
  plan.filter(({ kind }) => kind === 'on')

/** The queue of a consumer. Throws where it has none, which is a defect of the plan. */
export function queueOf(queues: ConsumerQueues, name: string): ConsumerQueue {
  const found = queues.get(name)
  if (found === undefined) throw new Error(`${name} has no queue`)
  return found
}

/** Scope of a role on one queue. */
export const queueScope = (account: StorageAccount, queue: StorageQueue): string =>
  `${account.id}/queueServices/default/queues/${queue.name}`
