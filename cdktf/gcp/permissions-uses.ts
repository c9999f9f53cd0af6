import { PubsubTopicIamMember } from '@cdktf/provider-google/lib/pubsub-topic-iam-member/index.js'
import { SecretManagerSecretIamMember } from '@cdktf/provider-google/lib/secret-manager-secret-iam-member/index.js'
import type { ServiceAccount } from '@cdktf/provider-google/lib/service-account/index.js'
import { ServiceAccountIamMember } from '@cdktf/provider-google/lib/service-account-iam-member/index.js'
import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member/index.js'
import type { StorageAction } from '../../core/run/function.ts'
import type { PlannedFunction } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Buckets } from './buckets.ts'
import type { Bus } from './bus.ts'
import { type Identities, identityOf } from './permissions.ts'
import type { RoleName, Roles } from './permissions-roles.ts'
import { type Secrets, secretsRead } from './secrets.ts'
import { signsUrls } from './settings.ts'

export interface Usable {
  readonly roles: Roles
  readonly buckets: Buckets
  readonly secrets: Secrets
  readonly bus: Bus
}

/** Gives each account what its manifest names, on the very resource, and nothing else. Jobs are granted in jobs.ts. */
export function grantUses(stack: SkyreelStack, identities: Identities, usable: Usable): void {
  for (const fn of stack.plan) {
    const by = { fn, account: identityOf(identities, fn) }
    grantStorage(stack, by, usable)
    grantSecrets(stack, by, usable)
    grantBus(stack, by, usable)
    if (signsUrls(fn)) grantSigning(stack, by, usable)
  }
}

interface By {
  readonly fn: PlannedFunction
  readonly account: ServiceAccount
}

const ROLE_FOR: Readonly<Record<StorageAction, RoleName>> = {
  get: 'storage-read',
  head: 'storage-read',
  list: 'storage-list',
  put: 'storage-put',
  remove: 'storage-remove',
  'sign-get': 'storage-sign-get',
  'sign-put': 'storage-sign-put',
}

function grantStorage(stack: SkyreelStack, { fn, account }: By, { roles, buckets }: Usable): void {
  for (const name of ['uploads', 'media'] as const) {
    const wanted = new Set((fn.uses.storage?.[name] ?? []).map((action) => ROLE_FOR[action]))
    for (const role of [...wanted].sort())
      new StorageBucketIamMember(stack, `grant-${fn.name}-${name}-${role}`, {
        bucket: buckets[name].name,
        role: roles[role].id,
        member: account.member,
      })
  }
}

function grantSecrets(stack: SkyreelStack, { fn, account }: By, { secrets }: Usable): void {
  for (const name of secretsRead(fn, stack.place)) {
    const secret = secrets.get(name)
    if (secret === undefined) throw new Error(`${fn.name} reads the secret ${name}, which the stack has not`)
    new SecretManagerSecretIamMember(stack, `grant-${fn.name}-secret-${name}`, {
      secretId: secret.id,
      role: 'roles/secretmanager.secretAccessor',
      member: account.member,
    })
  }
}

/** A message for one consumer goes over the same topic as the events for all. */
function grantBus(stack: SkyreelStack, { fn, account }: By, { bus }: Usable): void {
  if (fn.uses.bus === undefined && fn.uses.queue === undefined) return
  new PubsubTopicIamMember(stack, `grant-${fn.name}-bus`, {
    topic: bus.topic.id,
    role: 'roles/pubsub.publisher',
    member: account.member,
  })
}

/** On itself alone: a function cannot sign as another. */
function grantSigning(stack: SkyreelStack, { fn, account }: By, { roles }: Usable): void {
  new ServiceAccountIamMember(stack, `grant-${fn.name}-sign`, {
    serviceAccountId: account.name,
    role: roles['sign-blob'].id,
    member: account.member,
  })
}
