import { isRecord, type NativeRecord } from './events-native.ts'
import type { Form } from './http-forms.ts'
import { texts } from './http-headers.ts'

/**
 * The query. Payload 2.0 has it as it was sent; REST APIs send its decoded values grouped by name, load balancers the
 * same without decoding them, so that the order between different names is lost there. A load balancer in the mode of
 * single values sends only the last one of a name.
 */
export function queryOf(native: NativeRecord, form: Form): URLSearchParams {
  if (form === 'http-api' || form === 'function-url')
    return new URLSearchParams(typeof native.rawQueryString === 'string' ? native.rawQueryString : '')
  const pairs = pairsOf(native)
  if (form === 'rest') return new URLSearchParams(pairs)
  return new URLSearchParams(pairs.map((pair) => pair.join('=')).join('&'))
}

function pairsOf({ multiValueQueryStringParameters: several, queryStringParameters: single }: NativeRecord) {
  const given = isRecord(several) ? several : isRecord(single) ? single : {}
  return Object.entries(given).flatMap(([name, value]) =>
    texts(Array.isArray(value) ? value : [value]).map((text): [string, string] => [name, text]),
  )
}
