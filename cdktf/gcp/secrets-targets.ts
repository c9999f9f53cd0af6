/**
 * Addresses of what must be there before secrets are written: their containers, and the edge's bucket, which takes the value
 * of `cdn-key` as its signing key. Google makes the account with which the edge reads a private bucket when a project gets
 * its first such key, and the rest of the stack gives that account its grant.
 */
export const SECRET_TARGETS: readonly string[] = [
  'google_project_service.service-secretmanager',
  'google_project_service.service-compute',
  'google_secret_manager_secret.secret-token-key',
  'google_secret_manager_secret.secret-delivery-key',
  'google_secret_manager_secret.secret-cdn-key',
  'google_secret_manager_secret.secret-database-url',
  'google_secret_manager_secret.secret-database-url-read',
  'google_compute_backend_bucket.cdn-media',
]
