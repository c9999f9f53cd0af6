import type { Decoded } from '../../core/run/consumer.ts'
import { type BucketNames, bucketNamed, objectCreated } from '../../core/run/storage-event.ts'
import { fieldsOf, foreignNative, ignored, type NativeEvent, textOf } from './events-native.ts'

export const OBJECT_FINALIZED = 'google.cloud.storage.object.v1.finalized'

/** Whether it is a notification of Cloud Storage, of whatever kind. */
export const isStorage = (native: NativeEvent): boolean =>
  String(textOf(fieldsOf(native).type)).startsWith('google.cloud.storage.')

/**
 * The event of one finished object. `data` is the object's resource, whose numbers are texts and whose name is not
 * encoded: https://cloud.google.com/storage/docs/json_api/v1/objects. Overwriting finishes a new generation, so that
 * generations order the writes of a name.
 */
export function decodeStorage(native: NativeEvent, buckets: BucketNames): Decoded[] {
  const { type, time, data } = fieldsOf(native)
  if (type !== OBJECT_FINALIZED) return [ignored(`an event ${String(type).slice(0, 80)}`)]
  const object = fieldsOf(data)
  const [name, key] = [textOf(object.bucket), textOf(object.name)]
  if (name === undefined || key === undefined)
    return [foreignNative(native, 'the object has no bucket or no name')]
  const bucket = bucketNamed(buckets, name)
  if (bucket === undefined) return [ignored(`an object of the bucket ${name.slice(0, 80)}`)]
  const facts = {
    sizeBytes: wholeNumber(object.size),
    version: wholeText(object.generation),
    etag: textOf(object.etag)?.replace(/^"(.*)"$/, '$1'),
    time: instant(time) ?? instant(object.timeCreated),
  }
  const missing = Object.entries(facts).find(([, value]) => value === undefined)
  if (missing) return [foreignNative(native, `the object has no readable ${missing[0]}`)]
  return [{ is: 'event', event: objectCreated({ bucket, key, ...(facts as Known<typeof facts>) }) }]
}

type Known<T> = { [K in keyof T]: Exclude<T[K], undefined> }

/** A count that JavaScript holds exactly; Cloud Storage's largest object has 5 TiB. */
function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

/** A generation is compared as text: 64 bits are more than a number holds. */
function wholeText(value: unknown): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value
  return typeof text === 'string' && /^\d{1,20}$/.test(text) ? text : undefined
}

/** RFC 3339, to the millisecond: Google tells up to nine digits. */
function instant(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT/.test(value)) return undefined
  const time = new Date(value)
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString()
}
