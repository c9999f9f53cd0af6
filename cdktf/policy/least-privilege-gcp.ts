import type { StorageAction } from '../../core/run/function.ts'
import { type Holder, secretsOf } from '../shared/needs.ts'
import type { PlannedFunction } from '../shared/plan.ts'
import type { Deployed } from './deployed.ts'
import { gcpGrants, permissionsOf } from './grants-gcp.ts'
import { type Access, access, leastPrivilege } from './least-privilege.ts'
import type { Stack } from './stack.ts'

/**
 * Permissions on a bucket. Only who may list is told 404; replacing an object removes it; a joined upload is looked at; parts
 * are given up by who puts and by who removes.
 */
const STORAGE: Readonly<Record<StorageAction, readonly string[]>> = {
  get: ['objects.get', 'objects.list'],
  head: ['objects.get', 'objects.list'],
  list: ['objects.list'],
  put: [
    ...['objects.create', 'objects.delete', 'objects.get'],
    ...['multipartUploads.create', 'multipartUploads.listParts', 'multipartUploads.abort'],
  ],
  remove: ['objects.delete', 'objects.list', 'multipartUploads.abort'],
  'sign-get': ['objects.get'],
  'sign-put': ['objects.create', 'multipartUploads.create'],
}

const LOOK = ['run.executions.get', 'run.executions.list']
const RUN = ['run.jobs.run', 'run.jobs.runWithOverrides', 'run.executions.cancel']

/** Told by the variables of a function, so that what it is told of and what it may touch are the same. */
function needed(stack: Stack, { fn, variables, identity }: Deployed): readonly Access[] {
  const { uses } = fn
  const sends = uses.bus !== undefined || uses.queue !== undefined
  return [
    ...storage(fn, variables),
    ...(sends ? [access('pubsub.topics.publish', `pubsub_topic ${variables.SKYREEL_BUS}`)] : []),
    ...secrets(fn, stack.place).map((name) =>
      access('secretmanager.versions.access', `secret_manager_secret ${variables.SKYREEL_SECRETS}${name}`),
    ),
    ...(signs(fn) ? [access('iam.serviceAccounts.signBlob', `service_account ${identity}`)] : []),
    ...(uses.jobs ? jobs(stack, uses.jobs, variables) : []),
    ...(uses.keyVault ?? []).map((use) => access(KEY[use], `kms_crypto_key ${lastOf(variables)}`)),
  ]
}

const KEY = {
  wrap: 'cloudkms.cryptoKeyVersions.useToEncrypt',
  unwrap: 'cloudkms.cryptoKeyVersions.useToDecrypt',
} as const
const lastOf = ({ SKYREEL_KEY_VAULT_KEY: key = '' }: Deployed['variables']) => key.split('/').at(-1)

function storage({ uses }: PlannedFunction, variables: Deployed['variables']): readonly Access[] {
  return Object.entries(uses.storage ?? {}).flatMap(([bucket, actions]) => {
    const on = `storage_bucket ${variables[`SKYREEL_BUCKET_${bucket.toUpperCase()}`]}`
    return actions.flatMap((action) => STORAGE[action].map((name) => access(`storage.${name}`, on)))
  })
}

const signs = ({ uses }: PlannedFunction): boolean =>
  Object.values(uses.storage ?? {})
    .flat()
    .some((action) => action.startsWith('sign-'))

/** Who signs looks for a key file first; of an absent secret Google says 403, so an empty one is kept and may be read. */
const secrets = (fn: PlannedFunction, at: Holder): readonly string[] => [
  ...secretsOf(fn, at),
  ...(signs(fn) ? ['storage-key'] : []),
]

/** An id of a run says nothing of its kind: every kind is looked through, and only those named are run. */
function jobs(
  { plan }: Stack,
  kinds: readonly string[],
  variables: Deployed['variables'],
): readonly Access[] {
  const on = (kind: string) => `cloud_run_v2_job ${variables[`SKYREEL_JOB_${kind.toUpperCase()}`]}`
  const all = plan.flatMap(({ trigger }) => ('job' in trigger ? [trigger.job] : []))
  return [
    ...all.flatMap((kind) => LOOK.map((permission) => access(permission, on(kind)))),
    ...kinds.flatMap((kind) => RUN.map((permission) => access(permission, on(kind)))),
  ]
}

const granted = (stack: Stack, { identity }: Deployed): readonly Access[] =>
  gcpGrants(stack)
    .filter(({ members }) => members.includes(`serviceAccount:${identity}`))
    .flatMap(({ role, kind, on }) => permissionsOf(stack, role).map((name) => access(name, `${kind} ${on}`)))

export const LEAST_PRIVILEGE_GCP = leastPrivilege('gcp', { needed, granted })
