import type { SignedPart, Upload } from '../../../../core/video/wire.ts'
import type { UploadApi } from './send.ts'

// Few enough that the last one is used long before it expires, even on a slow line.
const BATCH = 20

export interface Signatures {
  of(number: number): Promise<SignedPart>
  /** Drops a request that the store no longer takes, and all that were signed before it did. */
  forget(part: SignedPart): void
}

/** Hands out signed requests by part number, signing more in batches when they run out. */
export function openSignatures(
  upload: Upload,
  missing: readonly number[],
  api: Pick<UploadApi, 'sign'>,
): Signatures {
  const wanted = [...missing]
  const ready = new Map<number, Promise<SignedPart>>()
  // Three parts in flight fail together when signatures expire: only the first of them clears the table.
  let generation = 0
  const bornIn = new WeakMap<SignedPart, number>()

  function take(part: SignedPart): void {
    bornIn.set(part, generation)
    ready.set(part.number, Promise.resolve(part))
  }
  async function sign(numbers: readonly number[]): Promise<SignedPart[]> {
    const parts = await api.sign(upload.id, numbers)
    for (const part of parts) bornIn.set(part, generation)
    return parts
  }
  function signFrom(number: number): Promise<SignedPart> {
    const numbers = wanted.filter((n) => n >= number && !ready.has(n)).slice(0, BATCH)
    const batch = sign(numbers)
    for (const n of numbers) ready.set(n, pick(batch, n))
    return ready.get(number) ?? pick(batch, number)
  }
  function pick(batch: Promise<SignedPart[]>, number: number): Promise<SignedPart> {
    const one = batch.then((parts) => {
      const part = parts.find((p) => p.number === number)
      if (!part) throw new Error(`part ${number} was not signed`)
      return part
    })
    // The next try asks for a failed batch again; whoever waits for this number sees the error.
    one.catch(() => ready.delete(number))
    return one
  }

  for (const part of upload.parts) take(part)
  return {
    of: (number) => ready.get(number) ?? signFrom(number),
    forget(part) {
      if (bornIn.get(part) !== generation) return
      ready.clear()
      generation++
    },
  }
}
