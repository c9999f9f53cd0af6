import { evaluated } from './evaluate.ts'
import { list, named, type Resource, resources, type Stack, text } from './stack.ts'

/** One binding of IAM: who may do what with which resource. */
export interface GcpGrant {
  readonly resource: Resource
  /** `storage_bucket`, `pubsub_topic`, `project`. */
  readonly kind: string
  /** The last part of the resource's name. */
  readonly on: string
  readonly role: string
  readonly members: readonly string[]
}

/** Arguments that say what a binding is about, by kind; `name` for those that are not listed. */
const ABOUT: Readonly<Record<string, string>> = {
  artifact_registry_repository: 'repository',
  billing_account: 'billing_account_id',
  kms_crypto_key: 'crypto_key_id',
  project: 'project',
  pubsub_subscription: 'subscription',
  pubsub_topic: 'topic',
  secret_manager_secret: 'secret_id',
  service_account: 'service_account_id',
  storage_bucket: 'bucket',
}

/** Every binding of a stack, of whatever resource. */
export const gcpGrants = (stack: Stack): readonly GcpGrant[] =>
  resources(stack).flatMap((resource) => {
    const [, kind] = /^google_(\w+)_iam_(member|binding)$/.exec(resource.type) ?? []
    if (kind === undefined) return []
    const { values } = resource
    const members = [...list(values.member), ...list(values.members)].map((one) => evaluated(stack, one))
    const about = evaluated(stack, values[ABOUT[kind] ?? 'name'])
    return [{ ...{ resource, kind, members, role: text(values.role) }, on: about.split('/').at(-1) ?? about }]
  })

/**
 * What Google's own roles hold of what a resource can be granted.
 * https://cloud.google.com/iam/docs/roles-permissions
 */
const PREDEFINED: Readonly<Record<string, readonly string[]>> = {
  'roles/pubsub.publisher': ['pubsub.topics.publish'],
  'roles/run.invoker': ['run.jobs.run', 'run.routes.invoke'],
  'roles/secretmanager.secretAccessor': ['secretmanager.versions.access'],
}

/** The permissions of a role; of one that is neither the stack's nor known here, the role itself, so that it is noticed. */
export function permissionsOf(stack: Stack, role: string): readonly string[] {
  const own = named(stack, role)
  if (own?.type === 'google_project_iam_custom_role') return list(own.values.permissions).map(text)
  return PREDEFINED[role] ?? [`everything of ${role}`]
}
