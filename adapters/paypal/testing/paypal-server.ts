import { sign } from 'node:crypto'
import type { WebhookDelivery } from '../../../core/ports/payments.ts'
import { json, type Said, type VendorServer, vendorServer } from '../../provider-api/testing/vendor-server.ts'
import { knownSecrets } from '../../stripe/testing/known-secrets.ts'
import { openPaypal } from '../payments.ts'
import { signedText } from '../webhook.ts'
import { type Certified, certificate } from './certificates.ts'

export const NOW = new Date('2026-11-21T08:00:00Z')
export const clock = { now: () => NOW }
export const SETTINGS = {
  ...{ environment: 'sandbox', clientId: 'client', clientSecret: 'client-secret' },
  webhooks: [{ id: 'WEBHOOK1' }, { id: 'WEBHOOK2' }],
}
const ROOT = certificate({ name: 'A root', ca: true })
const BETWEEN = certificate({ name: 'Between', by: ROOT, ca: true })
export const SIGNER = certificate({ name: 'messageverificationcerts.sandbox.paypal.com', by: BETWEEN })
export const AUTHORITIES = { root: ROOT, between: BETWEEN }
export const CERTIFICATE = 'https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1'

export interface Sending {
  readonly webhookId?: string
  readonly signer?: Certified
  readonly at?: Date
  readonly url?: string
}

/** As https://developer.paypal.com/api/rest/webhooks/rest/ says. */
export function delivered(
  text: string,
  { webhookId = 'WEBHOOK1', signer = SIGNER, at = NOW, url = CERTIFICATE }: Sending = {},
): WebhookDelivery {
  const body = new TextEncoder().encode(text)
  const sent = { id: '69cd13f0-d67a-11e5-baa3-778b53f4ae55', time: at.toISOString() }
  const signature = sign('sha256', Buffer.from(signedText(sent, webhookId, body)), signer.key)
  const headers = {
    'paypal-transmission-id': sent.id,
    'paypal-transmission-time': sent.time,
    'paypal-auth-algo': 'SHA256withRSA',
    'paypal-cert-url': url,
    'paypal-transmission-sig': signature.toString('base64'),
  }
  return { body, headers }
}

export const secretsOf = (settings: object) => knownSecrets({ paypal: JSON.stringify(settings) })

/** Objects by path: `/v2/payments/captures/C1`. */
export type Objects = Record<string, Record<string, unknown>>

export interface PaypalTest extends AsyncDisposable {
  readonly server: VendorServer
  readonly objects: Objects
  readonly provider: ReturnType<typeof openPaypal>
}

export interface PaypalGiven {
  readonly objects?: Objects
  readonly settings?: object
  /** What is at the address of the certificate; 404 where it is empty. */
  readonly pem?: string
  readonly verdict?: string
}

/** PayPal with these objects; captures in it can be refunded and subscriptions cancelled. */
export async function paypalWith({
  objects = {},
  settings = SETTINGS,
  pem = SIGNER.pem + BETWEEN.pem,
  verdict = 'SUCCESS',
}: PaypalGiven = {}): Promise<PaypalTest> {
  const refunds = new Map<string, Said>()
  const server = await vendorServer(({ line, body, headers }) => {
    const [method, path = ''] = line.split(' ')
    if (path === '/v1/notifications/certs/CERT-1') return { status: pem === '' ? 404 : 200, body: pem }
    if (path === '/v1/oauth2/token')
      return headers.authorization === `Basic ${btoa('client:client-secret')}`
        ? json(200, { access_token: 'token', expires_in: 32_400 })
        : json(401, { error: 'invalid_client' })
    if (headers.authorization !== 'Bearer token') return json(401, { name: 'AUTHENTICATION_FAILURE' })
    if (path.endsWith('/verify-webhook-signature')) return json(200, { verification_status: verdict })
    if (method === 'POST' && path.endsWith('/refund')) {
      const key = String(headers['paypal-request-id'])
      const said = refunds.get(key) ?? refund(objects, path, body)
      refunds.set(key, said)
      return said
    }
    if (method === 'POST' && path.endsWith('/cancel')) return cancel(objects, path)
    const found = objects[path]
    return found
      ? json(200, found)
      : json(404, { name: 'RESOURCE_NOT_FOUND', message: 'The specified resource does not exist.' })
  })
  const provider = openPaypal({
    ...{ secrets: secretsOf(settings), clock, origin: server.origin, roots: [ROOT.pem] },
    fetch: (url, init) => fetch(url.replace('https://api.sandbox.paypal.com', server.origin), init),
  })
  return { server, objects, provider, [Symbol.asyncDispose]: server[Symbol.asyncDispose] }
}

const eur = (value: string) => ({ currency_code: 'EUR', value })
const unprocessable = (issue: string) =>
  json(422, { name: 'UNPROCESSABLE_ENTITY', details: [{ issue, description: issue }] })

interface CaptureLike {
  amount: { value: string }
  supplementary_data: { related_ids: { order_id: string } }
}

interface SaleRefundLike {
  amount: { total: string; currency: string }
}

function refund(objects: Objects, path: string, body: string): Said {
  const at = path.replace('/refund', '')
  if (at.includes('/sale/')) return refundSale(objects, at, body)
  const capture = objects[at] as CaptureLike | undefined
  if (!capture) return json(404, { name: 'RESOURCE_NOT_FOUND' })
  const order = objects[`/v2/checkout/orders/${capture.supplementary_data.related_ids.order_id}`] as {
    purchase_units: { payments: { refunds: { amount: { value: string } }[] } }[]
  }
  const made = order.purchase_units[0]?.payments.refunds ?? []
  const left = Number(capture.amount.value) - made.reduce((sum, { amount }) => sum + Number(amount.value), 0)
  const amount = Number((JSON.parse(body) as { amount?: { value: string } }).amount?.value ?? left)
  if (amount > left) return unprocessable('REFUND_AMOUNT_EXCEEDED')
  const id = `R${Object.keys(objects).length}${made.length}`
  const links = [{ rel: 'up', href: `https://api-m.sandbox.paypal.com${at}` }]
  const whole = {
    id,
    status: 'COMPLETED',
    amount: eur(amount.toFixed(2)),
    links,
    create_time: NOW.toISOString(),
  }
  made.push(whole)
  objects[`/v2/payments/refunds/${id}`] = whole
  return json(201, whole)
}

function refundSale(objects: Objects, at: string, body: string): Said {
  const sale = objects[at] as SaleRefundLike | undefined
  if (!sale) return json(404, { name: 'RESOURCE_NOT_FOUND' })
  const { amount = sale.amount } = JSON.parse(body) as Partial<SaleRefundLike>
  const saleId = at.slice(at.lastIndexOf('/') + 1)
  const before = Object.values(objects).filter(
    (object) => object.sale_id === saleId,
  ) as unknown as SaleRefundLike[]
  const given = before.reduce((sum, made) => sum + Number(made.amount.total), 0) + Number(amount.total)
  if (given > Number(sale.amount.total)) return unprocessable('REFUND_EXCEEDED_TRANSACTION_AMOUNT')
  const id = `R${before.length + 1}`
  const made = { id, state: 'completed', amount, sale_id: saleId, create_time: NOW.toISOString() }
  const state = given === Number(sale.amount.total) ? 'refunded' : 'partially_refunded'
  Object.assign(objects, { [`/v1/payments/refund/${id}`]: made, [at]: { ...sale, state } })
  return json(201, made)
}

function cancel(objects: Objects, path: string): Said {
  const subscription = objects[path.replace('/cancel', '')]
  if (subscription?.status !== 'ACTIVE') return unprocessable('SUBSCRIPTION_STATUS_INVALID')
  subscription.status = 'CANCELLED'
  return { status: 204, body: '' }
}

/** A capture with its order, both under their paths. */
export const aCapture = (id: string, given: object = {}): Objects => ({
  [`/v2/payments/captures/${id}`]: {
    ...{ id, status: 'COMPLETED', amount: eur('10.00'), create_time: NOW.toISOString() },
    seller_receivable_breakdown: {
      gross_amount: eur('10.00'),
      paypal_fee: eur('0.64'),
      net_amount: eur('9.36'),
    },
    supplementary_data: { related_ids: { order_id: `O${id}` } },
    ...given,
  },
  [`/v2/checkout/orders/O${id}`]: {
    payer: { payer_id: 'PAYER1' },
    purchase_units: [{ payments: { refunds: [] } }],
  },
})
