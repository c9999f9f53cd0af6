import type { ComputedAttribute } from './computed-attribute.ts'

/** Attributes that Google gives. */
export const gcpAttribute: ComputedAttribute = ({ resource, attribute, own, place }) => {
  const { projectId, region } = place.environment.gcp
  if (resource.type === 'google_service_account') {
    const email = `${own('account_id')}@${projectId}.iam.gserviceaccount.com`
    if (attribute === 'email') return email
    if (attribute === 'member') return `serviceAccount:${email}`
    return `projects/${projectId}/serviceAccounts/${email}`
  }
  if (resource.type === 'google_project_iam_custom_role')
    return `projects/${projectId}/roles/${own('role_id')}`
  if (resource.type === 'google_secret_manager_secret')
    return `projects/${projectId}/secrets/${own('secret_id')}`
  if (attribute !== 'id') return undefined
  if (resource.type === 'google_kms_key_ring')
    return `projects/${projectId}/locations/${region}/keyRings/ring`
  if (resource.type === 'google_kms_crypto_key') return `${own('key_ring')}/cryptoKeys/${own('name')}`
  if (resource.type === 'google_storage_bucket') return own('name')
  const kind = KINDS[resource.type]
  if (kind === undefined) return undefined
  const within = kind.startsWith('/') ? kind.slice(1) : `locations/${region}/${kind}`
  return `projects/${projectId}/${within}/${own('name')}`
}

/** Collection in an id; those that begin with "/" have no region. */
const KINDS: Readonly<Record<string, string>> = {
  google_pubsub_topic: '/topics',
  google_pubsub_subscription: '/subscriptions',
  google_cloud_run_v2_service: 'services',
  google_cloud_run_v2_job: 'jobs',
  google_artifact_registry_repository: 'repositories',
}
