import { gcpGrants } from './grants-gcp.ts'
import { type Rule, resources, unless } from './stack.ts'

/** On Google Cloud nobody reads a store but those who are let in by name. */
export const PUBLIC_ACCESS_GCP: readonly Rule[] = [
  {
    name: 'no bucket can be made public',
    on: ['gcp'],
    find: (stack) =>
      unless(
        resources(stack, 'google_storage_bucket'),
        ({ values }) =>
          values.public_access_prevention === 'enforced' && values.uniform_bucket_level_access === true,
        'can be made public',
      ),
  },
  {
    name: 'no grant lets everybody in',
    on: ['gcp'],
    find: (stack) =>
      gcpGrants(stack)
        .filter(({ members }) => members.some((member) => /^all(Authenticated)?Users$/.test(member)))
        .map(({ resource: { address } }) => ({ address, says: 'lets everybody in' })),
  },
  {
    name: 'functions are reached by the load balancer or from within alone',
    on: ['gcp'],
    find: (stack) =>
      unless(
        resources(stack, 'google_cloud_run_v2_service'),
        ({ values }) => /^INGRESS_TRAFFIC_INTERNAL_(ONLY|LOAD_BALANCER)$/.test(String(values.ingress)),
        'is reached from everywhere',
      ),
  },
  {
    name: 'who is not behind the load balancer is asked who they are',
    on: ['gcp'],
    find: (stack) =>
      unless(
        resources(stack, 'google_cloud_run_v2_service'),
        ({ values }) =>
          values.invoker_iam_disabled !== true || values.ingress === 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER',
        'answers without a look at who calls',
      ),
  },
]
