import { checkKey, KeyRefused, PartsRefused, RangeRefused, StorageFailed } from '../../core/ports/storage.ts'

const OURS = [KeyRefused, RangeRefused, PartsRefused, StorageFailed]

/** Runs one operation of the port: bad keys are refused first, and what S3 says becomes the cause of ours. */
export async function guarded<T>(doing: string, key: string | undefined, run: () => Promise<T>): Promise<T> {
  if (key !== undefined) checkKey(key)
  try {
    return await run()
  } catch (cause) {
    if (OURS.some((kind) => cause instanceof kind)) throw cause
    throw failed(doing, key, cause)
  }
}

export function failed(doing: string, key: string | undefined, cause: unknown): StorageFailed {
  const about = key === undefined ? '' : ` for ${key}`
  return new StorageFailed(`${doing} failed${about}: ${codeOf(cause) ?? String(cause)}`, { cause })
}

/** S3's own name of an error: `NoSuchKey`. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && '$metadata' in error ? error.name : undefined

/** The answer, or `undefined` for an error that means absence. */
export async function unless<T>(
  isAbsence: (error: unknown) => boolean | Promise<boolean>,
  answer: Promise<T>,
): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (await isAbsence(error)) return undefined
    throw error
  }
}
