import { RestError } from '@azure/storage-blob'
import * as guard from '../node/guarded-storage.ts'

/** The code of the service's own error; an answer to HEAD has no body, so it stands in a header there. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof RestError)) return undefined
  return error.response?.headers.get('x-ms-error-code') ?? error.code
}

/** The blob is not there. A container that is not there is a broken deployment and no absence. */
export const isMissing = (error: unknown): boolean => codeOf(error) === 'BlobNotFound'

/** A condition on the object's etag did not hold: somebody wrote in between. Creating answers 409 where S3 says 412. */
export const isOvertaken = (error: unknown): boolean =>
  ['ConditionNotMet', 'BlobAlreadyExists'].includes(codeOf(error) ?? '')

/** Runs one call of the port; what is not ours becomes `StorageFailed` with its cause. */
export const guarded = <T>(doing: string, key: string | undefined, run: () => Promise<T>): Promise<T> =>
  guard.guarded(doing, key, run, codeOf)

export const failed = (doing: string, key: string, cause: unknown): unknown =>
  guard.storageError(doing, key, { cause, code: codeOf(cause) })
