import type { SignedPart, Upload } from '../../../../core/video/wire.ts'
import { Unreachable } from '../../kit/problem.ts'
import type { Gate } from './gate.ts'
import { PartRefused, type PutPart } from './put-part.ts'
import { persist } from './retry.ts'
import { openSignatures, type Signatures } from './signatures.ts'

/** What of the API an upload needs. */
export interface UploadApi {
  get(upload: string): Promise<Upload>
  sign(upload: string, numbers: readonly number[]): Promise<SignedPart[]>
  complete(upload: string, parts: readonly { number: number; etag: string }[]): Promise<Upload>
}
export interface Sending {
  readonly api: UploadApi
  readonly putPart: PutPart
  /** Shared by all films of the page, so that together they keep so many parts in flight. */
  readonly gate: Gate
  readonly waits: readonly number[]
  /** Aborting it pauses: parts in flight are given up, parts that arrived stay in the store. */
  readonly signal: AbortSignal
  /** Bytes of the film that are in the store or on their way. */
  readonly onBytes: (sent: number) => void
  /** Why nothing moves, and for how long; `undefined` when it moves again. */
  readonly onTrouble: (trouble: { error: unknown; waitMs: number } | undefined) => void
}

/** The file on the visitor's disk can no longer be read. */
export class FileGone extends Error {
  override readonly name = 'FileGone'
  constructor(options?: ErrorOptions) {
    super('The file was moved, changed or removed. Choose it again to go on.', options)
  }
}

const AT_A_TIME = 3

/**
 * Sends what the store does not have yet and completes the upload. Calling it again, with what `api.get` tells,
 * goes on where it stopped. Throws `FileGone`, `ApiProblem`, `PartRefused`, `Unreachable` or the AbortError.
 */
export async function sendFilm(film: Blob, upload: Upload, by: Sending): Promise<Upload> {
  if (upload.state === 'completed') return upload
  // The first part that fails for good takes the other ones down with it.
  const stop = new AbortController()
  const signal = AbortSignal.any([by.signal, stop.signal])
  const tally = openTally(upload, by.onBytes)
  const missing = numbersTo(upload.partCount).filter((number) => !tally.has(number))
  const signed = openSignatures(upload, missing, by.api)
  const sendNext = async () => {
    for (let number = missing.shift(); number !== undefined; number = missing.shift())
      await sendPart(film, number, { upload, signed, tally, by: { ...by, signal } })
  }
  try {
    await Promise.all(numbersTo(AT_A_TIME).map(sendNext))
  } catch (error) {
    stop.abort()
    throw error
  }
  return await persist(() => by.api.complete(upload.id, tally.parts()), plan({ ...by, signal }))
}

interface PartWork {
  readonly upload: Upload
  readonly signed: Signatures
  readonly tally: Tally
  readonly by: Sending
}

async function sendPart(film: Blob, number: number, { upload, signed, tally, by }: PartWork): Promise<void> {
  const once = async () => {
    const part = await signed.of(number)
    const from = (number - 1) * upload.partBytes
    const bytes = film.slice(from, from + part.sizeBytes)
    const onBytes = (sent: number) => tally.moving(number, sent)
    try {
      return {
        etag: await by.putPart(part, bytes, { signal: by.signal, onBytes }),
        sizeBytes: part.sizeBytes,
      }
    } catch (error) {
      tally.moving(number, 0)
      if (error instanceof PartRefused && error.status === 403) signed.forget(part)
      if (error instanceof Unreachable) await assertReadable(bytes)
      throw error
    }
  }
  const { etag, sizeBytes } = await by.gate.pass(() => persist(once, plan(by)), by.signal)
  by.onTrouble(undefined)
  tally.arrived(number, etag, sizeBytes)
}

const plan = ({ waits, signal, onTrouble }: Sending) => ({
  waits,
  signal,
  onTrouble: (error: unknown, waitMs: number) => onTrouble({ error, waitMs }),
})

/** A browser reports a file that vanished during a request as a network error. */
async function assertReadable(bytes: Blob): Promise<void> {
  await bytes
    .slice(0, 1)
    .arrayBuffer()
    .catch((cause: unknown) => {
      throw new FileGone({ cause })
    })
}

interface Tally {
  has(number: number): boolean
  moving(number: number, sent: number): void
  arrived(number: number, etag: string, sizeBytes: number): void
  parts(): { number: number; etag: string }[]
}

function openTally(upload: Upload, onBytes: (sent: number) => void): Tally {
  const stored = new Map(upload.storedParts.map((part) => [part.number, part]))
  const inFlight = new Map<number, number>()
  const tell = () => {
    const there = [...stored.values()].reduce((sum, part) => sum + part.sizeBytes, 0)
    onBytes([...inFlight.values()].reduce((sum, sent) => sum + sent, there))
  }
  tell()
  return {
    has: (number) => stored.has(number),
    moving(number, sent) {
      inFlight.set(number, sent)
      tell()
    },
    arrived(number, etag, sizeBytes) {
      inFlight.delete(number)
      stored.set(number, { number, etag, sizeBytes })
      tell()
    },
    parts: () =>
      [...stored.values()].sort((a, b) => a.number - b.number).map(({ number, etag }) => ({ number, etag })),
  }
}

const numbersTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1)
