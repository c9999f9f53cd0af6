import { checkKey, KeyRefused, PartsRefused, RangeRefused, StorageFailed } from '../../core/ports/storage.ts'

const OURS = [KeyRefused, RangeRefused, PartsRefused, StorageFailed]

/** The port's own errors as they are; anything else as the cause of a `StorageFailed`, with what the store calls it. */
export function storageError(
  doing: string,
  key: string | undefined,
  { cause, code }: { cause: unknown; code?: string | undefined },
): unknown {
  if (OURS.some((kind) => cause instanceof kind)) return cause
  const about = key === undefined ? '' : ` for ${key}`
  return new StorageFailed(`${doing} failed${about}${code === undefined ? '' : `: ${code}`}`, { cause })
}

/** Runs one operation of the port: bad keys are refused first, and what is not ours becomes `StorageFailed`. */
export async function guarded<T>(
  doing: string,
  key: string | undefined,
  run: () => Promise<T>,
  codeOf: (error: unknown) => string | undefined = () => undefined,
): Promise<T> {
  if (key !== undefined) checkKey(key)
  try {
    return await run()
  } catch (cause) {
    throw storageError(doing, key, { cause, code: codeOf(cause) })
  }
}
