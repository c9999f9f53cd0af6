import { type Holder, secretsOn } from '../shared/needs.ts'

/**
 * Addresses of what must be there before secrets are written: their containers, and the edge's bucket, which takes the value
 * of `cdn-key` as its signing key. Google makes the account with which the edge reads a private bucket when a project gets
 * its first such key, and the rest of the stack gives that account its grant.
 */
export const secretTargets = (at: Holder): readonly string[] => [
  'google_project_service.service-secretmanager',
  'google_project_service.service-compute',
  ...secretsOn(at).map((name) => `google_secret_manager_secret.secret-${name}`),
  'google_compute_backend_bucket.cdn-media',
]
