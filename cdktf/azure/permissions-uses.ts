import type { EventgridTopic } from '@cdktf/provider-azurerm/lib/eventgrid-topic/index.js'
import type { KeyVault } from '@cdktf/provider-azurerm/lib/key-vault/index.js'
import { type Holder, secretsOf } from '../shared/needs.ts'
import type { PlannedFunction } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { type Buckets, containerScope } from './buckets.ts'
import { filmsKeyScope } from './films-key.ts'
import type { Jobs } from './jobs.ts'
import { type Identities, identityOf } from './permissions.ts'
import { assign, type Grant } from './permissions-assign.ts'
import { type OwnRole, type OwnRoles, ROLES_FOR } from './permissions-roles.ts'
import { type ConsumerQueues, queueOf, queueScope } from './queues.ts'
import { secretScope } from './secrets.ts'

export interface Usable {
  readonly roles: OwnRoles
  readonly buckets: Buckets
  readonly queues: ConsumerQueues
  readonly bus: EventgridTopic
  readonly vault: KeyVault
  readonly jobs: Jobs
}

/** Gives each identity what its manifest names, on the very resource, and nothing else. */
export function grantUses(stack: SkyreelStack, identities: Identities, usable: Usable): void {
  for (const fn of stack.plan) {
    const { principalId } = identityOf(identities, fn)
    const grants = {
      ...onData(fn, stack.place, usable),
      ...onQueues(fn, usable),
      ...onJobs(fn, usable),
      ...onFilmsKey(fn, usable),
    }
    for (const [what, grant] of Object.entries(grants))
      assign(stack, `may-${fn.name}-${what}`, { principalId, ...grant })
  }
}

/** By what the assignment is called in the stack, after its function. */
type Grants = Readonly<Record<string, Omit<Grant, 'principalId'>>>

function onData(fn: PlannedFunction, at: Holder, { roles, buckets, vault, bus }: Usable): Grants {
  const objects = (['uploads', 'media'] as const).flatMap((bucket) => {
    const wanted = new Set((fn.uses.storage?.[bucket] ?? []).flatMap((action) => ROLES_FOR[action]))
    const scope = containerScope(buckets.account, buckets.containers[bucket].name)
    return [...wanted].sort().map((role) => [`${role}-${bucket}`, { role: roles[role], scope }] as const)
  })
  const secrets = secretsOf(fn, at).map(
    (name) => [`read-${name}`, { role: 'Key Vault Secrets User', scope: secretScope(vault, name) }] as const,
  )
  const publish = { role: 'EventGrid Data Sender', scope: bus.id }
  return { ...Object.fromEntries([...objects, ...secrets]), ...(fn.uses.bus && { publish }) }
}

const SEND = 'Storage Queue Data Message Sender'

/** A consumer takes from its queue, and the host puts into the poison queue what it gives up. */
function onQueues({ name, kind, uses }: PlannedFunction, { buckets: { account }, queues }: Usable): Grants {
  const sends = [...(uses.queue ? queues : [])].map(
    ([consumer, { queue }]) =>
      [`send-${consumer}`, { role: SEND, scope: queueScope(account, queue) }] as const,
  )
  if (kind !== 'on') return Object.fromEntries(sends)
  const { queue, poison } = queueOf(queues, name)
  const scope = queueScope(account, queue)
  return {
    ...Object.fromEntries(sends),
    'look-at-queue': { role: 'Storage Queue Data Reader', scope },
    'take-from-queue': { role: 'Storage Queue Data Message Processor', scope },
    'send-poison': { role: SEND, scope: queueScope(account, poison) },
  }
}

/** An id of a run says nothing of its kind: who starts or stops one looks through the runs of every kind. */
function onJobs({ uses }: PlannedFunction, { roles, jobs }: Usable): Grants {
  const kinds: readonly string[] = uses.jobs ?? []
  if (kinds.length === 0) return {}
  return Object.fromEntries(
    Object.entries(jobs).map(([kind, { id }]) => {
      const role = kinds.includes(kind) ? 'run-jobs' : 'look-at-jobs'
      return [`${role}-${kind}`, { role: roles[role], scope: id }]
    }),
  )
}

const KEY_ROLES = { wrap: 'wrap-film-keys', unwrap: 'unwrap-film-keys' } as const satisfies Record<
  string,
  OwnRole
>

/** Who wraps asks for the newest version of the key, too. */
const onFilmsKey = ({ uses }: PlannedFunction, { roles, vault }: Usable): Grants =>
  Object.fromEntries(
    (uses.keyVault ?? []).map((use) => [
      KEY_ROLES[use],
      { role: roles[KEY_ROLES[use]], scope: filmsKeyScope(vault) },
    ]),
  )
