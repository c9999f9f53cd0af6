import { ArtifactRegistryRepository } from '@cdktf/provider-google/lib/artifact-registry-repository/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'

export interface Registry {
  /** Of the container of long work: `<region>-docker.pkg.dev/<project>/<repository>/media`, without a tag. */
  readonly mediaImage: string
  /** Where Google's build puts what it makes of a function's zip. */
  readonly functions: ArtifactRegistryRepository
  functionImage(name: string): string
}

const KEPT_VERSIONS = 5
const KEPT_DAYS = 30

/** Two repositories: what builds the functions may not replace the image of the jobs. */
export function layRegistry(stack: SkyreelStack): Registry {
  const { projectId, region } = stack.place.environment.gcp
  const media = repository(stack, 'media')
  const functions = repository(stack, 'functions')
  const at = ({ repositoryIdInput: id = '' }: ArtifactRegistryRepository) =>
    `${region}-docker.pkg.dev/${projectId}/${id}`
  return {
    mediaImage: `${at(media)}/media`,
    functions,
    functionImage: (name) => `${at(functions)}/${name}`,
  }
}

/** Cloud Run keeps what its revisions run by itself: old images are needed for a rollback of jobs alone. */
const repository = (stack: SkyreelStack, short: 'media' | 'functions') =>
  new ArtifactRegistryRepository(stack, `registry-${short}`, {
    repositoryId: `${stack.place.prefix}-${short}`,
    location: stack.place.environment.gcp.region,
    format: 'DOCKER',
    cleanupPolicies: [
      { id: 'keep', action: 'KEEP', mostRecentVersions: { keepCount: KEPT_VERSIONS } },
      {
        id: 'remove',
        action: 'DELETE',
        condition: { tagState: 'ANY', olderThan: `${KEPT_DAYS * 86_400}s` },
      },
    ],
    // Scanning is charged by the image; the scan of the build's own context does it before.
    vulnerabilityScanningConfig: { enablementConfig: 'DISABLED' },
  })
