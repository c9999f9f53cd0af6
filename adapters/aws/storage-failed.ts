import * as guard from '../node/guarded-storage.ts'

/** Runs one operation of the port: bad keys are refused first, and what S3 says becomes the cause of ours. */
export const guarded = <T>(doing: string, key: string | undefined, run: () => Promise<T>): Promise<T> =>
  guard.guarded(doing, key, run, said)

export const failed = (doing: string, key: string | undefined, cause: unknown): unknown =>
  guard.storageError(doing, key, { cause, code: said(cause) })

const said = (error: unknown): string => codeOf(error) ?? String(error)

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
