import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { TEST_CREDENTIALS } from './config.ts'

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/

/**
 * What is wrong with the Signature Version 4 of a request's headers; `undefined` where nothing is. The canonical request
 * is put together here once more, from what arrived.
 */
export function signatureFault(request: IncomingMessage, body: Buffer, service: string): string | undefined {
  const [, keyId, day = '', region = '', signedService, names = '', given = ''] =
    AUTHORIZATION.exec(request.headers.authorization ?? '') ?? []
  if (keyId === undefined) return 'MissingAuthenticationTokenException'
  if (keyId !== TEST_CREDENTIALS.accessKeyId) return 'UnrecognizedClientException'
  if (signedService !== service) return `SignatureDoesNotMatch: signed for ${signedService}, not ${service}`
  const time = String(request.headers['x-amz-date'])
  const signed = names.split(';')
  for (const name of ['host', 'x-amz-date', 'x-amz-target'])
    if (!signed.includes(name)) return `SignatureDoesNotMatch: ${name} is not signed`
  const lines = signed.map((name) => `${name}:${String(request.headers[name]).trim()}\n`).join('')
  const canonical = [request.method, request.url, '', lines, names, sha256(body)].join('\n')
  const text = `AWS4-HMAC-SHA256\n${time}\n${day}/${region}/${service}/aws4_request\n${sha256(canonical)}`
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${TEST_CREDENTIALS.secretAccessKey}`,
  )
  const same = timingSafeEqual(hmac(key, text), Buffer.from(given, 'hex'))
  return same ? undefined : 'SignatureDoesNotMatch'
}

const sha256 = (value: string | Buffer): string => createHash('sha256').update(value).digest('hex')
const hmac = (key: string | Buffer, value: string): Buffer => createHmac('sha256', key).update(value).digest()
