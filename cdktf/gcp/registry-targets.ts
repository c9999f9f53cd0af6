/** Addresses of the repository of the media image and of what it needs: applied before the image is pushed. */
export const REGISTRY_TARGETS: readonly string[] = [
  'google_project_service.service-artifactregistry',
  'google_artifact_registry_repository.registry-media',
]
