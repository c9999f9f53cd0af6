import { isRecord, type NativeRecord } from './events-native.ts'

/**
 * In what form a request comes to Lambda. `rest` is also what an HTTP API sends in payload version 1.0; `foreign` is
 * no request at all. A REST API with a custom domain may carry `rawPath`, so that alone tells nothing.
 */
export type Form = 'http-api' | 'function-url' | 'rest' | 'alb' | 'alb-multi' | 'foreign'

export function formOf(native: NativeRecord): Form {
  const context = native.requestContext
  if (!isRecord(context)) return 'foreign'
  if (isRecord(context.http)) return isFunctionUrl(context.domainName) ? 'function-url' : 'http-api'
  // In the mode of several values a load balancer sends these maps alone.
  if (isRecord(context.elb)) return isRecord(native.multiValueHeaders) ? 'alb-multi' : 'alb'
  return typeof native.httpMethod === 'string' ? 'rest' : 'foreign'
}

/** Also behind a CDN: it must call the URL by this name. */
const isFunctionUrl = (domainName: unknown) =>
  typeof domainName === 'string' && domainName.includes('.lambda-url.')

/**
 * HTTP APIs alone decode the path before they hand it over, in both payload versions; REST APIs, Function URLs and load
 * balancers leave it as it was sent: https://github.com/middleapi/standard-server/pull/93
 */
export const comesDecoded = (form: Form, native: NativeRecord): boolean =>
  form === 'http-api' || (form === 'rest' && native.version === '1.0')
