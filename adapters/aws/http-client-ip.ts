import { isRecord, type NativeRecord } from './events-native.ts'
import type { Form } from './http-forms.ts'
import type { Headers } from './http-headers.ts'

/**
 * The address that the outermost of our hops saw. The gateway is the first of them and tells who called it; each further
 * one that we run before it (a CDN) is counted by `trustedHops`, and its word is found that far from the right end of
 * `x-forwarded-for`. What stands left of that is the client's own claim. With hops, calls that go around them must be
 * refused by the network: here they look alike.
 */
export function clientIpOf(
  { native, form, headers }: { native: NativeRecord; form: Form; headers: Headers },
  trustedHops: number,
): string {
  const caller = callerOf(native.requestContext, form)
  if (trustedHops === 0 && caller !== undefined) return caller
  const chain = (headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((address) => address.trim())
    .filter(Boolean)
  if (caller !== undefined && chain.at(-1) !== caller) chain.push(caller)
  return chain[Math.max(0, chain.length - 1 - trustedHops)] ?? ''
}

/** A load balancer tells it in the header alone, as its last entry. */
function callerOf(context: unknown, form: Form): string | undefined {
  if (!isRecord(context)) return undefined
  const place = form === 'rest' ? context.identity : context.http
  const address = isRecord(place) ? place.sourceIp : undefined
  return typeof address === 'string' && address !== '' ? address : undefined
}
