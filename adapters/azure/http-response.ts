import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { Cookie, HttpResponseInit } from '@azure/functions'
import { isStream } from '../../core/http/mount.ts'
import type { HttpResponse } from '../../core/http/response.ts'
import type { Log } from '../../core/run/log.ts'
import { cookieFromLine } from './http-cookies.ts'

/**
 * The answer in the library's form. The body is always bytes: with a text the library would add a content type. Cookies
 * go as objects, for `setHeader` keeps the last of several (`src/http/httpProxy.ts`); what those cannot carry is logged.
 */
export function responseToAzure(answer: HttpResponse, log: Log): HttpResponseInit {
  const { status, headers = {}, cookies = [], body } = answer
  const { 'set-cookie': single, ...rest } = headers
  const lines = single === undefined ? cookies : [single, ...cookies]
  return {
    status,
    headers: rest,
    cookies: lines.flatMap((line) => carried(line, log)),
    ...(body === undefined ? {} : { body: typeof body === 'string' ? Buffer.from(body) : body }),
  }
}

function carried(line: string, log: Log): Cookie[] {
  const { cookie, lost } = cookieFromLine(line)
  const name = line.split('=', 1)[0]
  if (lost.length > 0) log.warn('Azure cannot carry all of a cookie', { name, lost })
  return cookie ? [cookie] : []
}

/**
 * Throws for an answer that the library could not build: it would do so after our return, where nothing answers and
 * nothing is logged.
 */
export function checkCarried(answer: HttpResponse): HttpResponse {
  const { status, headers = {}, body } = answer
  try {
    if (status < 200 || status > 599) throw new RangeError(`an answer cannot have the status ${status}`)
    for (const [name, value] of Object.entries(headers)) {
      validateHeaderName(name)
      validateHeaderValue(name, value)
    }
  } catch (error) {
    if (isStream(body))
      body[Symbol.asyncIterator]()
        .return?.()
        .catch(() => undefined)
    throw error
  }
  return answer
}
