import { GetObjectCommand } from '@aws-sdk/client-s3'
import { type ByteRange, RangeRefused } from '../../core/ports/storage.ts'
import { codeOf, failed, unless } from './storage-failed.ts'
import { at, type Place, type S3, toStored } from './storage-s3.ts'

export async function get(s3: S3, place: Place, range: ByteRange | undefined) {
  const wanted = range && { Range: rangeHeader(range) }
  const request = s3.client.send(new GetObjectCommand({ ...at(s3, place), ...wanted }))
  const found = await unless((error) => codeOf(error) === 'NoSuchKey', outside(request, range))
  if (!found) return undefined
  const whole = /\/(\d+)$/.exec(found.ContentRange ?? '')?.[1]
  const object = toStored(place.key, found, whole === undefined ? found.ContentLength : Number(whole))
  return { object, body: bytes(place.key, found.Body as AsyncIterable<Uint8Array>) }
}

function rangeHeader({ start, end }: ByteRange): string {
  // S3 answers a range that makes no sense with the whole object.
  if (start < 0 || (end !== undefined && end < start)) throw new RangeRefused(`bytes ${start}-${end ?? ''}`)
  return `bytes=${start}-${end ?? ''}`
}

async function outside<T>(answer: Promise<T>, range: ByteRange | undefined): Promise<T> {
  try {
    return await answer
  } catch (cause) {
    if (codeOf(cause) !== 'InvalidRange') throw cause
    throw new RangeRefused(`bytes ${range?.start}-${range?.end ?? ''}`, { cause })
  }
}

/** As they come; a connection that breaks within is a failure of the store like any other. */
async function* bytes(key: string, body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* body
  } catch (cause) {
    throw failed('get', key, cause)
  }
}
