import { ProjectIamCustomRole } from '@cdktf/provider-google/lib/project-iam-custom-role/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'

/**
 * Google's own roles for objects and jobs hold more than a manifest asks for, so these are ours, permission by permission.
 * Names: https://cloud.google.com/iam/docs/permissions-reference
 */
const PERMISSIONS = {
  // Who may not list is told 403 where an object is absent; absence is a value to us.
  'storage-read': ['storage.objects.get', 'storage.objects.list'],
  'storage-list': ['storage.objects.list'],
  // Replacing an object counts as removing it, and a joined upload is looked at before it counts as done.
  'storage-put': [
    'storage.multipartUploads.abort',
    'storage.multipartUploads.create',
    'storage.multipartUploads.listParts',
    'storage.objects.create',
    'storage.objects.delete',
    'storage.objects.get',
  ],
  'storage-remove': ['storage.multipartUploads.abort', 'storage.objects.delete', 'storage.objects.list'],
  'storage-sign-get': ['storage.objects.get'],
  'storage-sign-put': ['storage.multipartUploads.create', 'storage.objects.create'],
  'jobs-run': ['run.jobs.run', 'run.jobs.runWithOverrides', 'run.executions.cancel'],
  'jobs-look': ['run.executions.get', 'run.executions.list'],
  // Google's cryptoKeyEncrypter and cryptoKeyDecrypter also look at the project and its places.
  'films-key-wrap': ['cloudkms.cryptoKeyVersions.useToEncrypt'],
  'films-key-unwrap': ['cloudkms.cryptoKeyVersions.useToDecrypt'],
  'sign-blob': ['iam.serviceAccounts.signBlob'],
  'build-log': ['logging.logEntries.create'],
} as const
export type RoleName = keyof typeof PERMISSIONS

/** By name; `id` of each is what a binding takes. */
export type Roles = Readonly<Record<RoleName, ProjectIamCustomRole>>

/** The roles of this stack. A role gives nothing by itself: each is bound to one account on one resource. */
export function defineRoles(stack: SkyreelStack): Roles {
  const defined = Object.entries(PERMISSIONS).map(([name, permissions]) => [
    name,
    new ProjectIamCustomRole(stack, `role-${name}`, {
      // Letters, digits, "_" and "." alone.
      roleId: `${stack.place.prefix}-${name}`.replaceAll('-', '_'),
      title: `${stack.place.prefix} ${name}`,
      permissions: [...permissions],
    }),
  ])
  return Object.fromEntries(defined) as Roles
}
