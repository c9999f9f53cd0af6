import { isRecord, type NativeRecord } from './events-native.ts'
import type { Form } from './http-forms.ts'

export type Headers = Readonly<Record<string, string>>
const NO_HEADERS: Headers = Object.freeze(Object.create(null))

/** Headers by lower-case name, repeated ones joined. The list of cookies of payload 2.0 replaces the header. */
export function headersOf(native: NativeRecord, form: Form): Headers {
  if (form === 'foreign') return NO_HEADERS
  if (form !== 'http-api' && form !== 'function-url')
    return mergedHeaders(native.headers, native.multiValueHeaders)
  const headers = plainHeaders(native.headers)
  const { cookies } = native
  if (!Array.isArray(cookies) || cookies.length === 0) return headers
  return { ...headers, cookie: texts(cookies).join('; ') }
}

/**
 * Payload 2.0 has lower-case names, so nothing is copied. Events made by hand are often capitalized: the first letter
 * tells, at a tenth of what comparing with `toLowerCase` costs.
 */
function plainHeaders(given: unknown): Headers {
  if (!isRecord(given)) return NO_HEADERS
  for (const name in given)
    if (typeof given[name] !== 'string' || name.charCodeAt(0) < LOWER_A)
      return mergedHeaders(given, undefined)
  return given as Headers
}
const LOWER_A = 97

/** A REST API tells each header in both maps, a load balancer in one. */
function mergedHeaders(single: unknown, several: unknown): Headers {
  const headers: Record<string, string> = Object.create(null)
  if (isRecord(several))
    for (const name in several) if (Array.isArray(several[name])) add(headers, name, texts(several[name]))
  if (!isRecord(single)) return headers
  const told = new Set(Object.keys(headers))
  for (const name in single) if (!told.has(name.toLowerCase())) add(headers, name, texts([single[name]]))
  return headers
}

function add(headers: Record<string, string>, name: string, values: readonly string[]): void {
  if (values.length === 0) return
  const lower = name.toLowerCase()
  const before = headers[lower]
  const separator = lower === 'cookie' ? '; ' : ', '
  headers[lower] = before === undefined ? values.join(separator) : [before, ...values].join(separator)
}

export const texts = (values: readonly unknown[]): string[] =>
  values.filter((value) => typeof value === 'string')
