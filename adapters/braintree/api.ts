import type { Clock } from '../../core/ports/clock.ts'
import { PaymentRefused } from '../../core/ports/payments.ts'
import type { Secrets } from '../../core/ports/secrets.ts'
import { type Answer, callOver, type Fetch, failureOf } from '../provider-api/http-call.ts'
import { liveOnes } from '../provider-api/secret-form.ts'
import { API_ORIGIN, type BraintreeSettings, braintreeSettings } from './settings.ts'
import { type Element, readXml, textIn } from './xml.ts'

export interface BraintreeApi {
  settings(): Promise<BraintreeSettings>
  get(path: string): Promise<Element>
  /** Undefined where nothing has the id. */
  find(path: string): Promise<Element | undefined>
  /** `body` is XML as text. */
  send(method: 'POST' | 'PUT', path: string, body?: string): Promise<Element>
}

export interface BraintreeApiOptions {
  readonly secrets: Secrets
  readonly clock: Pick<Clock, 'now'>
  readonly fetching: Fetch
  readonly origin?: string | undefined
}

/**
 * Braintree's gateway as its own SDKs call it: its GraphQL API has no subscriptions. The oldest version that all fields read
 * here are in. https://developer.paypal.com/braintree/docs/start/hello-server/node
 */
const API_VERSION = '6'

export function openApi({ secrets, clock, fetching, origin }: BraintreeApiOptions): BraintreeApi {
  const settings = () => braintreeSettings(secrets)
  const call = async (method: 'GET' | 'POST' | 'PUT', path: string, body?: string): Promise<Element> => {
    const known = await settings()
    const [key] = liveOnes(known.keys, { now: clock.now(), name: 'braintree' })
    const authorization = `Basic ${Buffer.from(`${key?.publicKey}:${key?.privateKey}`).toString('base64')}`
    const headers = { authorization, accept: 'application/xml', 'x-apiversion': API_VERSION }
    const url = `${origin ?? API_ORIGIN[known.environment]}/merchants/${known.merchantId}/${path}`
    const typed = body === undefined ? headers : { ...headers, 'content-type': 'application/xml' }
    return elementIn(await callOver(fetching, url, { method, headers: typed, body }))
  }
  const get = (path: string) => call('GET', path)
  return { settings, get, find: (path) => get(path).catch(undefinedIfGone), send: call }
}

const GONE = 'not-found'

function elementIn({ status, text }: Answer): Element {
  if (status < 300) return readXml(text)
  if (status === 404) throw new PaymentRefused(GONE, 'Braintree has nothing with this id')
  throw failureOf('Braintree', status, saidIn(text))
}

/** The first of its errors has the code. https://developer.paypal.com/braintree/docs/reference/general/validation-errors/all */
function saidIn(text: string): { code: string; message: string } {
  try {
    const answer = readXml(text)
    const code = firstText(answer, 'code') ?? 'refused'
    return { code, message: textIn(answer, 'message') ?? code }
  } catch {
    return { code: 'unreadable', message: 'Braintree says nothing that can be read' }
  }
}

function firstText(element: Element, name: string): string | null {
  const found = textIn(element, name)
  if (found !== null) return found
  for (const child of element.children) {
    const deeper = firstText(child, name)
    if (deeper !== null) return deeper
  }
  return null
}

function undefinedIfGone(error: unknown): undefined {
  if (error instanceof PaymentRefused && error.code === GONE) return undefined
  throw error
}
