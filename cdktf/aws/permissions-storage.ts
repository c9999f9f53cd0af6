import type { StorageAction, UsesDeclaration } from '../../core/run/function.ts'
import type { Buckets } from './buckets.ts'
import type { Statement } from './permissions-identity.ts'

/**
 * What each action of a manifest asks of S3. The driver looks at what it wrote (a HEAD is `GetObject`), gives up parts that
 * it could not join, and signs with the function's own role. `remove` covers objects that are not whole yet.
 */
const ACTIONS: Readonly<Record<StorageAction, readonly string[]>> = {
  get: ['s3:GetObject'],
  head: ['s3:GetObject'],
  list: [],
  put: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
  remove: ['s3:AbortMultipartUpload', 's3:DeleteObject'],
  'sign-get': ['s3:GetObject'],
  'sign-put': ['s3:AbortMultipartUpload', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:PutObject'],
}

/** To whoever may not list the bucket S3 says 403 of what is missing; `remove` alone succeeds either way. */
const NEEDS_NO_LIST: readonly StorageAction[] = ['remove']

/** Of each bucket that the manifest names, the objects, and the list where absence must be seen. */
export function storageStatements(
  storage: NonNullable<UsesDeclaration['storage']>,
  buckets: Buckets,
): Statement[] {
  return Object.entries(storage).flatMap(([name, actions]) => {
    const { arn } = buckets[name as keyof typeof storage]
    const wanted = [...new Set(actions.flatMap((action) => ACTIONS[action]))].sort()
    const word = name.charAt(0).toUpperCase() + name.slice(1)
    const objects = {
      Sid: `${word}Objects`,
      Effect: 'Allow' as const,
      Action: wanted,
      Resource: [`${arn}/*`],
    }
    const list = { Sid: `${word}List`, Effect: 'Allow' as const, Action: ['s3:ListBucket'], Resource: [arn] }
    const lists = actions.some((action) => !NEEDS_NO_LIST.includes(action))
    return [...(wanted.length > 0 ? [objects] : []), ...(lists ? [list] : [])]
  })
}
