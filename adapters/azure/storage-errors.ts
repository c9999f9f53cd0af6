import { RestError } from '@azure/storage-blob'
import { KeyRefused, PartsRefused, RangeRefused, StorageFailed } from '../../core/ports/storage.ts'

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

const OURS = [KeyRefused, RangeRefused, PartsRefused, StorageFailed]

/** Runs one call of the port; what is not ours becomes `StorageFailed` with its cause. */
export async function guarded<T>(doing: string, key: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (cause) {
    throw failed(doing, key, cause)
  }
}

export function failed(doing: string, key: string, cause: unknown): unknown {
  if (OURS.some((kind) => cause instanceof kind)) return cause
  const code = codeOf(cause)
  return new StorageFailed(`${doing} failed for ${key}${code === undefined ? '' : `: ${code}`}`, { cause })
}
