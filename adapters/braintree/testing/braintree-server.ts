import { createHash, createHmac } from 'node:crypto'
import type { WebhookDelivery } from '../../../core/ports/payments.ts'
import { type Said, type VendorServer, vendorServer } from '../../provider-api/testing/vendor-server.ts'
import { knownSecrets } from '../../stripe/testing/known-secrets.ts'
import { openBraintree } from '../payments.ts'

export const NOW = new Date('2026-11-21T08:00:00Z')
export const clock = { now: () => NOW }
export const KEYS = {
  first: { publicKey: 'public_1', privateKey: 'private-1' },
  second: { publicKey: 'public_2', privateKey: 'private-2' },
  stranger: { publicKey: 'public_1', privateKey: 'private-3' },
}
export const SETTINGS = { environment: 'sandbox', merchantId: 'merchant_1', keys: [KEYS.first, KEYS.second] }
export const secretsOf = (settings: object) => knownSecrets({ braintree: JSON.stringify(settings) })

/** As Braintree's SDKs sign: with a line end after the base64, by a key that is the SHA-1 of the private one. */
export function delivered(text: string, { publicKey, privateKey } = KEYS.first): WebhookDelivery {
  const payload = `${Buffer.from(text).toString('base64')}\n`
  const key = createHash('sha1').update(privateKey).digest()
  const signature = `${publicKey}|${createHmac('sha1', key).update(payload).digest('hex')}`
  return form({ bt_signature: signature, bt_payload: payload })
}

export const form = (fields: Record<string, string>): WebhookDelivery => ({
  body: new TextEncoder().encode(new URLSearchParams(fields).toString()),
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
})

export const notification = (kind: string, subject: string, more = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<notification>
  <kind>${kind}</kind>
  <timestamp type="datetime">${NOW.toISOString()}</timestamp>${more}
  <subject>${subject}</subject>
</notification>`

/** Objects as XML by path: `transactions/t1`. */
export type Objects = Record<string, string>

export interface BraintreeTest extends AsyncDisposable {
  readonly server: VendorServer
  readonly objects: Objects
  readonly provider: ReturnType<typeof openBraintree>
}

const refused = (code: string, message: string): Said => ({
  status: 422,
  body: `<api-error-response><errors><transaction><errors type="array"><error><code>${code}</code>
    <message>${message}</message></error></errors></transaction></errors><message>${message}</message></api-error-response>`,
})

/** Braintree with these objects; sales in it can be refunded and subscriptions cancelled. */
export async function braintreeWith(objects: Objects, settings: object = SETTINGS): Promise<BraintreeTest> {
  const server = await vendorServer(({ line, body, headers }) => {
    const [method, url = ''] = line.split(' ')
    const path = url.replace('/merchants/merchant_1/', '')
    if (headers.authorization !== `Basic ${btoa('public_1:private-1')}`) return { status: 401, body: '' }
    if (method === 'POST' && path.endsWith('/refund'))
      return refund(objects, path.replace('/refund', ''), body)
    if (method === 'PUT' && path.endsWith('/cancel')) return cancel(objects, path.replace('/cancel', ''))
    const found = objects[path]
    return found === undefined ? { status: 404, body: '' } : { status: 200, body: found }
  })
  const provider = openBraintree({ secrets: secretsOf(settings), clock, origin: server.origin })
  return { server, objects, provider, [Symbol.asyncDispose]: server[Symbol.asyncDispose] }
}

const fieldIn = (xml: string | undefined, name: string) =>
  new RegExp(`<${name}[^>]*>([^<]*)<`).exec(xml ?? '')?.[1]

function refund(objects: Objects, path: string, body: string): Said {
  const sale = objects[path]
  if (sale === undefined) return { status: 404, body: '' }
  const ids = [...sale.matchAll(/<item>(\w+)<\/item>/g)].map(([, id]) => id)
  const gone = ids.reduce((sum, id) => sum + Number(fieldIn(objects[`transactions/${id}`], 'amount')), 0)
  const left = Number(fieldIn(sale, 'amount')) - gone
  const amount = Number(fieldIn(body, 'amount') ?? left)
  if (amount > left) return refused('91521', 'Refund amount is too large.')
  const id = `${path.replace('transactions/', '')}r${ids.length}`
  const credit = aTransaction(id, {
    ...{ type: 'credit', amount: amount.toFixed(2), 'order-id': fieldIn(body, 'order-id') ?? '' },
    'refunded-transaction-id': path.replace('transactions/', ''),
  })
  objects[`transactions/${id}`] = credit
  objects[path] = sale.replace('</refund-ids>', `<item>${id}</item></refund-ids>`)
  return { status: 201, body: credit }
}

function cancel(objects: Objects, path: string): Said {
  const subscription = objects[path]
  if (!subscription?.includes('<status>Active'))
    return refused('81905', 'Subscription has already been canceled.')
  objects[path] = subscription.replace('<status>Active', '<status>Canceled')
  return { status: 200, body: objects[path] ?? '' }
}

const DEFAULTS = {
  ...{ type: 'sale', status: 'settled', amount: '10.00', 'currency-iso-code': 'EUR' },
  'created-at': NOW.toISOString(),
}

/** A transaction with these fields; a field that is XML is written as it is. */
export const aTransaction = (id: string, given: Record<string, string> = {}, more = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<transaction>${Object.entries({ id, ...DEFAULTS, ...given })
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join(
      '',
    )}<customer><id>customer_1</id></customer><refund-ids type="array"></refund-ids>${more}</transaction>`
