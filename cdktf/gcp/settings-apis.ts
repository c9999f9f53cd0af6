import { ProjectService } from '@cdktf/provider-google/lib/project-service/index.js'
import { TerraformResource } from 'cdktf'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'

/** APIs of Google by the beginning of the types that need them; the first that fits decides. */
const API_OF: readonly (readonly [string, string])[] = [
  ['google_artifact_registry_', 'artifactregistry'],
  ['google_billing_budget', 'billingbudgets'],
  ['google_certificate_manager_', 'certificatemanager'],
  ['google_cloud_run_v2_', 'run'],
  ['google_cloud_scheduler_', 'cloudscheduler'],
  ['google_compute_', 'compute'],
  ['google_dns_', 'dns'],
  ['google_eventarc_', 'eventarc'],
  ['google_kms_', 'cloudkms'],
  ['google_logging_', 'logging'],
  ['google_monitoring_', 'monitoring'],
  ['google_project_iam_', 'iam'],
  ['google_pubsub_', 'pubsub'],
  ['google_secret_manager_', 'secretmanager'],
  ['google_service_account', 'iam'],
  ['google_storage_', 'storage'],
  // Our commands: builds, and what the provider cannot set at Pub/Sub.
  ['terraform_data', 'cloudbuild'],
]

/** Needed by no resource: functions sign with it. */
const OTHERS = ['iamcredentials']

/**
 * Switches on what the stack uses, and lets every resource wait for its API: on a new project the first apply would else
 * be refused. Called last, when everything is there. Never switched off: other stacks of the project may use them.
 */
export function enableApis(stack: SkyreelStack): void {
  const names = [...new Set([...API_OF.map(([, service]) => service), ...OTHERS])].sort()
  const resources = stack.node.children.filter((child) => child instanceof TerraformResource)
  for (const name of names) enable(stack, name)
  for (const resource of resources) {
    const needed = addressOf(apiOf(resource.terraformResourceType))
    resource.dependsOn = [...(resource.dependsOn ?? []), needed]
  }
}

const addressOf = (name: string): string => `google_project_service.service-${name}`

const enable = (stack: SkyreelStack, name: string) =>
  new ProjectService(stack, `service-${name}`, {
    service: `${name}.googleapis.com`,
    disableOnDestroy: false,
  })

/** Throws for a type that nobody has named an API for: its first apply would be the one that finds out. */
function apiOf(type: string): string {
  const found = API_OF.find(([beginning]) => type.startsWith(beginning))
  if (found === undefined) throw new Error(`${type}: name the API that it needs in API_OF`)
  return found[1]
}
