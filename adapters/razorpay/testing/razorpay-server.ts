import { createHmac } from 'node:crypto'
import type { WebhookDelivery } from '../../../core/ports/payments.ts'
import { json, type Said, type VendorServer, vendorServer } from '../../provider-api/testing/vendor-server.ts'
import { knownSecrets } from '../../stripe/testing/known-secrets.ts'
import { openRazorpay } from '../payments.ts'

export const NOW = new Date('2026-11-21T08:00:00Z')
export const SETTINGS = {
  keyId: 'rzp_test_1',
  keySecret: 'key-secret',
  webhookSecrets: [{ secret: 'first' }, { secret: 'second' }],
}
export const seconds = (at: Date): number => Math.floor(at.getTime() / 1000)

/** As https://razorpay.com/docs/webhooks/validate-test/ says, by hand. */
export function delivered(text: string, secret: string, id = 'evt_1'): WebhookDelivery {
  const body = new TextEncoder().encode(text)
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  return { body, headers: { 'x-razorpay-signature': signature, 'x-razorpay-event-id': id } }
}

export const secretsOf = (settings: object) => knownSecrets({ razorpay: JSON.stringify(settings) })

const missing = json(400, {
  error: { code: 'BAD_REQUEST_ERROR', description: 'The id provided does not exist' },
})
const refused = (description: string) => json(400, { error: { code: 'BAD_REQUEST_ERROR', description } })

/** Objects by path: `payments/pay_1`. */
export type Objects = Record<string, Record<string, unknown>>

export interface RazorpayTest extends AsyncDisposable {
  readonly server: VendorServer
  readonly objects: Objects
  readonly provider: ReturnType<typeof openRazorpay>
}

/** Razorpay with these objects; payments in it can be refunded and subscriptions cancelled. */
export async function razorpayWith(objects: Objects, settings: object = SETTINGS): Promise<RazorpayTest> {
  const refunds = new Map<string, { text: string; said: Said }>()
  const server = await vendorServer(({ line, body, headers }) => {
    const [method, url = ''] = line.split(' ')
    const { pathname, searchParams } = new URL(url, 'http://localhost')
    const path = pathname.replace('/v1/', '')
    if (headers.authorization !== `Basic ${btoa('rzp_test_1:key-secret')}`)
      return json(401, { error: { code: 'BAD_REQUEST_ERROR' } })
    if (method === 'POST' && path.endsWith('/refund'))
      return once(refunds, { key: String(headers['x-refund-idempotency']), text: body }, () =>
        refund(objects, path, body),
      )
    if (method === 'POST' && path.endsWith('/cancel')) return cancel(objects, path)
    if (!path.includes('/')) return list(objects, path, searchParams)
    const found = objects[path]
    return found ? json(200, found) : missing
  })
  const provider = openRazorpay({ secrets: secretsOf(settings), origin: server.origin })
  return { server, objects, provider, [Symbol.asyncDispose]: server[Symbol.asyncDispose] }
}

function once(
  known: Map<string, { text: string; said: Said }>,
  { key, text }: { key: string; text: string },
  make: () => Said,
): Said {
  const before = known.get(key)
  if (before && before.text !== text)
    return refused('Different request with the same idempotency key has already been processed.')
  const said = before?.said ?? make()
  known.set(key, { text, said })
  return said
}

function refund(objects: Objects, path: string, body: string): Said {
  const payment = objects[path.replace('/refund', '')]
  if (!payment) return missing
  const left = Number(payment.amount) - Number(payment.amount_refunded)
  const amount = Number((JSON.parse(body) as { amount?: number }).amount ?? left)
  if (amount > left) return refused('The total refund amount is greater than the refund payment amount')
  payment.amount_refunded = Number(payment.amount_refunded) + amount
  const id = `rfnd_${Object.keys(objects).length}`
  const made = {
    id,
    payment_id: payment.id,
    amount,
    currency: payment.currency,
    status: 'processed',
    created_at: seconds(NOW),
    notes: [],
  }
  objects[`refunds/${id}`] = made
  return json(200, made)
}

function cancel(objects: Objects, path: string): Said {
  const subscription = objects[path.replace('/cancel', '')]
  if (!subscription) return missing
  if (subscription.status === 'cancelled')
    return refused('Subscription is not cancellable in cancelled status.')
  subscription.status = 'cancelled'
  return json(200, subscription)
}

function list(objects: Objects, kind: string, query: URLSearchParams): Said {
  const from = Number(query.get('from') ?? 0)
  const items = Object.entries(objects)
    .filter(([path, object]) => path.startsWith(`${kind}/`) && Number(object.created_at) >= from)
    .map(([, object]) => object)
    .toReversed()
  const skip = Number(query.get('skip'))
  return json(200, { entity: 'collection', items: items.slice(skip, skip + Number(query.get('count'))) })
}

export const aPayment = (id: string, given: object = {}) => ({
  ...{
    id,
    entity: 'payment',
    amount: 1000,
    currency: 'EUR',
    status: 'captured',
    amount_refunded: 0,
    fee: 30,
  },
  ...{ customer_id: 'cust_1', invoice_id: null, created_at: seconds(NOW), ...given },
})
