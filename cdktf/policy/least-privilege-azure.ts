import type { StorageAction } from '../../core/run/function.ts'
import { secretsOf } from '../shared/needs.ts'
import type { PlannedFunction } from '../shared/plan.ts'
import type { Deployed } from './deployed.ts'
import { azureGrants } from './grants-azure.ts'
import { type Access, access, leastPrivilege } from './least-privilege.ts'
import type { Stack } from './stack.ts'

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs'

/** One right reads and lists. What was written is looked at. A signature is made with the key of the secret `storage-key`. */
const STORAGE: Readonly<Record<StorageAction, readonly string[]>> = {
  get: [`${BLOBS}/read`],
  head: [`${BLOBS}/read`],
  list: [`${BLOBS}/read`],
  put: [`${BLOBS}/write`, `${BLOBS}/read`],
  remove: [`${BLOBS}/delete`],
  'sign-get': [],
  'sign-put': [],
}

const LOOK = [
  'Microsoft.App/jobs/read',
  'Microsoft.App/jobs/executions/read',
  'Microsoft.App/jobs/execution/read',
]
const RUN = [
  'Microsoft.App/jobs/start/action',
  'Microsoft.App/jobs/stop/action',
  'Microsoft.App/jobs/stop/execution/action',
]

type Variables = Deployed['variables']

/** What the manifest names. What the Functions host needs for itself lies in accounts of its own: `OF_THE_HOST`. */
function needed(stack: Stack, { fn, variables }: Deployed): readonly Access[] {
  const { uses, name } = fn
  const queue = (consumer: string) =>
    `${data(variables)}/queueServices/default/queues/${variables.SKYREEL_QUEUES}${consumer}`
  const send = 'Storage Queue Data Message Sender'
  return [
    ...storage(fn, variables),
    ...secretsOf(fn, stack.place).map((secret) =>
      access('Key Vault Secrets User', `vaults/${hostOf(variables.SKYREEL_SECRETS)}/secrets/${secret}`),
    ),
    ...(uses.bus ?? []).map(() => access('EventGrid Data Sender', `topics/${hostOf(variables.SKYREEL_BUS)}`)),
    ...(uses.queue ?? []).flatMap(() => consumers(stack).map((consumer) => access(send, queue(consumer)))),
    ...(fn.kind === 'on' ? RECEIVE.map((role) => access(role, queue(name))) : []),
    ...(fn.kind === 'on' ? [access(send, queue(`${name}-poison`))] : []),
    ...(uses.jobs ? jobs(stack, uses.jobs, variables) : []),
    ...(uses.keyVault ?? []).flatMap((use) => KEY[use].map((right) => access(right, filmsKey(variables)))),
  ]
}

const KEYS = 'Microsoft.KeyVault/vaults/keys'
/** Who wraps asks which version is the newest; the version that unwraps is named by what was wrapped. */
const KEY = { wrap: [`${KEYS}/read`, `${KEYS}/wrap/action`], unwrap: [`${KEYS}/unwrap/action`] }
const filmsKey = ({ SKYREEL_KEY_VAULT_KEY: key = '' }: Variables): string =>
  `vaults/${hostOf(key)}/keys/${key.split('/').at(-1)}`

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger#identity-based-connections */
const RECEIVE = ['Storage Queue Data Reader', 'Storage Queue Data Message Processor']

const data = ({ SKYREEL_STORAGE_ACCOUNT: account }: Variables): string => `storageAccounts/${account}`
const hostOf = (url = ''): string => /^https:\/\/([^./]+)/.exec(url)?.[1] ?? url
const consumers = ({ plan }: Stack): readonly string[] =>
  plan.filter(({ kind }) => kind === 'on').map(({ name }) => name)

function storage({ uses }: PlannedFunction, variables: Variables): readonly Access[] {
  return Object.entries(uses.storage ?? {}).flatMap(([bucket, actions]) => {
    const container = variables[`SKYREEL_BUCKET_${bucket.toUpperCase()}`]
    const on = `${data(variables)}/blobServices/default/containers/${container}`
    return actions.flatMap((action) => STORAGE[action].map((name) => access(name, on)))
  })
}

/** An id of a run says nothing of its kind: every kind is looked through, and only those named are run. */
function jobs({ plan }: Stack, kinds: readonly string[], variables: Variables): readonly Access[] {
  const on = (kind: string) => shortened(variables[`SKYREEL_JOB_${kind.toUpperCase()}`] ?? '')
  const all = plan.flatMap(({ trigger }) => ('job' in trigger ? [trigger.job] : []))
  return [
    ...all.flatMap((kind) => LOOK.map((action) => access(action, on(kind)))),
    ...kinds.flatMap((kind) => RUN.map((action) => access(action, on(kind)))),
  ]
}

/** Type and name, without subscription, group and provider. */
const shortened = (scope: string): string => /\/providers\/[^/]+\/(.+)$/.exec(scope)?.[1] ?? scope

/** Locks, code and telemetry of the host, and the image of a job: they hold nothing that a manifest could name. */
const OF_THE_HOST = /^(registries\/|components\/|storageAccounts\/[^/]*host)/

const granted = (stack: Stack, { identity }: Deployed): readonly Access[] =>
  azureGrants(stack)
    .filter(({ principal }) => principal.startsWith(`${identity}#`))
    .map(({ allows, scope }) => ({ allows, on: shortened(scope) }))
    .filter(({ on }) => !OF_THE_HOST.test(on))
    .flatMap(({ allows, on }) => allows.map((what) => access(what, on)))

export const LEAST_PRIVILEGE_AZURE = leastPrivilege('azure', { needed, granted })
