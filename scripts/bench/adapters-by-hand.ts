import type { ServerResponse } from 'node:http'
import type { HttpRequest as AzureRequest, HttpResponseInit } from '@azure/functions'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import type { GcpRequest } from '../../adapters/gcp/http-request.ts'
import type { HttpRequest } from '../../core/http/request.ts'
import { answerNeutral } from './adapters-cases.ts'

// What somebody writes who wants no framework: the same parts of a request, without a care for what is unusual.

export async function awsByHand(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const headers: Record<string, string> = {}
  for (const name in event.headers) headers[name.toLowerCase()] = event.headers[name] ?? ''
  if (event.cookies) headers.cookie = event.cookies.join('; ')
  const { status, body, ...answer } = answerNeutral({
    method: event.requestContext.http.method,
    path: event.rawPath,
    query: new URLSearchParams(event.rawQueryString),
    headers,
    cookies: splitCookies(headers.cookie),
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    params: {},
    clientIp: event.requestContext.http.sourceIp,
  })
  const isBase64Encoded = typeof body !== 'string'
  return {
    statusCode: status,
    headers: { ...answer.headers },
    body: isBase64Encoded ? Buffer.from(body as Uint8Array).toString('base64') : body,
    isBase64Encoded,
  }
}

export async function gcpByHand(req: GcpRequest, res: ServerResponse): Promise<void> {
  const headers: Record<string, string> = {}
  for (let at = 0; at < req.rawHeaders.length; at += 2)
    headers[(req.rawHeaders[at] ?? '').toLowerCase()] = req.rawHeaders[at + 1] ?? ''
  const { path, query } = splitUrl(req.url ?? '/')
  const request: HttpRequest = {
    ...{ method: req.method ?? 'GET', path, query, headers, params: {} },
    cookies: splitCookies(headers.cookie),
    body: req.rawBody ?? new Uint8Array(0),
    clientIp: headers['x-forwarded-for']?.split(',').at(-1)?.trim() ?? '',
  }
  const answer = answerNeutral(request)
  const body = answer.body as string | Uint8Array
  res.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(body) })
  res.end(body)
}

export async function azureByHand(native: AzureRequest): Promise<HttpResponseInit> {
  const headers = Object.fromEntries(native.headers) as Record<string, string>
  const { path, query } = splitUrl(native.url.slice(native.url.indexOf('/', 'https://'.length)))
  const request: HttpRequest = {
    ...{ method: native.method, path, query, headers, params: {} },
    cookies: splitCookies(headers.cookie),
    body: new Uint8Array(await native.arrayBuffer()),
    clientIp: headers['x-forwarded-for']?.split(',').at(-1)?.trim() ?? '',
  }
  const answer = answerNeutral(request)
  return { status: answer.status, headers: { ...answer.headers }, body: answer.body as string | Uint8Array }
}

function splitUrl(url: string): { path: string; query: URLSearchParams } {
  const at = url.indexOf('?')
  if (at < 0) return { path: url, query: new URLSearchParams() }
  return { path: url.slice(0, at), query: new URLSearchParams(url.slice(at + 1)) }
}

function splitCookies(header = ''): Record<string, string> {
  const cookies: Record<string, string> = {}
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=')
    if (at > 0) cookies[pair.slice(0, at).trim()] = pair.slice(at + 1).trim()
  }
  return cookies
}
