import { ArtifactRegistryRepositoryIamMember } from '@cdktf/provider-google/lib/artifact-registry-repository-iam-member/index.js'
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member/index.js'
import type { ServiceAccount } from '@cdktf/provider-google/lib/service-account/index.js'
import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member/index.js'
import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object/index.js'
import { DataResource, type ITerraformDependable } from 'cdktf'
import { zipHash, zipPath } from '../shared/artifacts.ts'
import type { PlannedFunction } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { type Buckets, STAGED } from './buckets.ts'
import { BUILD_COMMAND, buildRequest } from './functions-build-request.ts'
import type { Roles } from './permissions-roles.ts'
import type { Registry } from './registry.ts'

export interface Built {
  readonly builder: ServiceAccount
  readonly buckets: Buckets
  readonly registry: Registry
  readonly roles: Roles
}

/** What the build may do: read the zips, write the functions' images and its log. Without it the first build fails. */
export function buildRights(
  stack: SkyreelStack,
  { builder, buckets, registry, roles }: Built,
): ITerraformDependable[] {
  const { member } = builder
  const read = new StorageBucketIamMember(stack, 'grant-build-code', {
    bucket: buckets.code.name,
    role: roles['storage-read'].id,
    member,
  })
  const { location, name: repository } = registry.functions
  const write = new ArtifactRegistryRepositoryIamMember(stack, 'grant-build-images', {
    location,
    repository,
    role: 'roles/artifactregistry.writer',
    member,
  })
  const project = stack.place.environment.gcp.projectId
  const log = new ProjectIamMember(stack, 'grant-build-log', { project, role: roles['build-log'].id, member })
  return [read, write, log]
}

export interface BuiltFunction {
  /** With the hash of the zip as its tag: new code is a new image, and so a new revision. */
  readonly image: string
  /** What the service must wait for. */
  readonly build: ITerraformDependable
}

/**
 * Lays a function's zip into the bucket of code and lets Google build it with the buildpacks of Cloud Run functions. By a
 * command, since the provider's `build_config` starts no build (hashicorp/terraform-provider-google#22263); an image that is
 * there is not built again.
 */
export function buildFunction(
  stack: SkyreelStack,
  { builder, buckets, registry }: Built,
  { fn, rights }: { fn: PlannedFunction; rights: ITerraformDependable[] },
): BuiltFunction {
  const hash = zipHash('gcp', fn.name)
  const zip = new StorageBucketObject(stack, `zip-${fn.name}`, {
    bucket: buckets.code.name,
    name: `${fn.name}-${hash}.zip`,
    source: zipPath('gcp', fn.name),
    contentType: 'application/zip',
  })
  const image = `${registry.functionImage(fn.name)}:${hash}`
  const { projectId, region } = stack.place.environment.gcp
  const environment = {
    BUILD: JSON.stringify(buildRequest({ target: fn.name, serviceAccount: builder.id })),
    IMAGE: image,
    PROJECT: projectId,
    REGION: region,
    SOURCE: `gs://${zip.bucket}/${zip.name}`,
    STAGING: `gs://${zip.bucket}/${STAGED}`,
  }
  const build = new DataResource(stack, `build-${fn.name}`, {
    triggersReplace: { image },
    provisioners: [{ type: 'local-exec', command: BUILD_COMMAND, environment }],
    dependsOn: [zip, ...rights],
  })
  return { image, build }
}
