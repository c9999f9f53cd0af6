import * as z from 'zod'

// https://developer.hashicorp.com/terraform/internals/json-format#change-representation
const Change = z.object({
  address: z.string(),
  type: z.string(),
  mode: z.string().optional(),
  change: z.object({
    actions: z.array(z.string()),
    before: z.unknown(),
    after: z.unknown(),
  }),
})
const Plan = z.object({
  resource_changes: z.array(Change).optional(),
  resource_drift: z.array(Change).optional(),
})

export type Doing = 'create' | 'update' | 'replace' | 'delete'

export interface PlannedChange {
  readonly address: string
  readonly type: string
  readonly doing: Doing
}

/** What a plan changes, in the order of the addresses. */
export function changesOf(planJson: string): readonly PlannedChange[] {
  const { resource_changes: changes = [] } = Plan.parse(JSON.parse(planJson))
  return changes
    .filter(({ mode = 'managed' }) => mode === 'managed')
    .flatMap(({ address, type, change }) => {
      const doing = doingOf(change.actions)
      return doing === undefined ? [] : [{ address, type, doing }]
    })
}

function doingOf(actions: readonly string[]): Doing | undefined {
  if (actions.includes('delete')) return actions.includes('create') ? 'replace' : 'delete'
  if (actions.includes('create')) return 'create'
  return actions.includes('update') ? 'update' : undefined
}

/** `3 to create, 1 to update`. */
export function summaryOf(changes: readonly PlannedChange[]): string {
  const kinds: readonly Doing[] = ['create', 'update', 'replace', 'delete']
  const counted = kinds.map((kind) => ({ kind, count: changes.filter(({ doing }) => doing === kind).length }))
  const said = counted.filter(({ count }) => count > 0).map(({ kind, count }) => `${count} to ${kind}`)
  return said.length === 0 ? 'nothing changes' : said.join(', ')
}

/** What holds films, keys and their like. Terraform's `prevent_destroy` goes with the code that said it; this list stays. */
export const DATA_TYPES: ReadonlySet<string> = new Set([
  'aws_s3_bucket',
  'aws_secretsmanager_secret',
  'google_storage_bucket',
  'google_secret_manager_secret',
  'azurerm_resource_group',
  'azurerm_storage_account',
  'azurerm_storage_container',
  'azurerm_key_vault',
])

/** Of those types, what a deployment makes again: pages and code. */
const MADE_AGAIN = /\.[\w-]*(pages|code|host|web|dead-letters)[\w-]*$/

/** Deletions of what cannot be made again. */
export const lostData = (
  changes: readonly PlannedChange[],
  types: ReadonlySet<string> = DATA_TYPES,
): readonly PlannedChange[] =>
  changes.filter(
    ({ address, type, doing }) =>
      (doing === 'delete' || doing === 'replace') && types.has(type) && !MADE_AGAIN.test(address),
  )

export interface Drift {
  readonly address: string
  /** Attributes that are not as they were applied; empty where the resource is gone. */
  readonly attributes: readonly string[]
}

/**
 * What somebody changed past Terraform. Only attributes that the stack itself sets count: providers find new values in
 * computed ones all the time, and those of `ignore_changes` are the canary's to move.
 */
export function driftOf(planJson: string, stackJson: string): readonly Drift[] {
  const { resource_drift: drifted = [] } = Plan.parse(JSON.parse(planJson))
  const watched = watchedAttributes(stackJson)
  return drifted.flatMap(({ address, change }) => {
    if (change.actions.includes('delete')) return [{ address, attributes: [] }]
    const differing = differences(change.before, change.after)
    const attributes = differing.filter((name) => watched(address).has(name))
    return attributes.length === 0 ? [] : [{ address, attributes }]
  })
}

function differences(before: unknown, after: unknown): string[] {
  const [old, fresh] = [recordOf(before), recordOf(after)]
  const names = new Set([...Object.keys(old), ...Object.keys(fresh)])
  return [...names].filter((name) => textOf(old[name]) !== textOf(fresh[name])).sort()
}

/** Without what is empty: after an apply a provider may read `[]`, `{}` or '' where null was planned, and nobody has changed it. */
const textOf = (value: unknown): string | undefined =>
  JSON.stringify(value, (_, inner: unknown) => (isEmpty(inner) ? undefined : inner))

const isEmpty = (value: unknown): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {}

function watchedAttributes(stackJson: string): (address: string) => ReadonlySet<string> {
  const { resource } = recordOf(JSON.parse(stackJson))
  return (address) => {
    // Without the index of `count` or `for_each`.
    const [type = '', name = ''] = address.replace(/\[.*$/, '').split('.')
    const written = recordOf(recordOf(recordOf(resource)[type])[name])
    const { ignore_changes: ignored } = recordOf(written.lifecycle)
    const names = new Set(Object.keys(written))
    for (const one of Array.isArray(ignored) ? ignored : []) names.delete(String(one))
    return names
  }
}
