import type { ProviderObject } from '../../core/billing/provider-objects.ts'
import type { ListedKind } from '../../core/ports/payments.ts'
import { NotSupported } from '../../core/run/not-supported.ts'
import type { RazorpayApi } from './api.ts'
import { wholePayment } from './fetch.ts'
import { readDispute, readRefund } from './read-money.ts'
import { isLive } from './settings.ts'
import { Dispute, Payment, pageOf, Refund } from './wire.ts'

type Page = (api: RazorpayApi, query: string) => Promise<readonly ProviderObject[]>

const PAGES: { readonly [K in ListedKind]?: Page } = {
  async payment(api, query) {
    const { items } = await api.get(`payments?${query}`, pageOf(Payment))
    const whole: ProviderObject[] = []
    // One after the other: its rate limit is for all of us.
    for (const payment of items) whole.push(await wholePayment(api, payment))
    return whole
  },
  async refund(api, query) {
    const [{ items }, settings] = [await api.get(`refunds?${query}`, pageOf(Refund)), await api.settings()]
    return items.map((refund) => readRefund(refund, isLive(settings)))
  },
  async dispute(api, query) {
    const [{ items }, settings] = [await api.get(`disputes?${query}`, pageOf(Dispute)), await api.settings()]
    return items.map((dispute) => readDispute(dispute, isLive(settings)))
  },
}

/** Razorpay gives no more at once. */
const PAGE = 100

/** Newest first, by pages. Money alone: a plan has to be asked for with each subscription, and is not for a list. */
export async function* listObjects(
  kind: ListedKind,
  since: Date | undefined,
  api: RazorpayApi,
): AsyncIterable<ProviderObject> {
  const page = PAGES[kind]
  if (!page) throw new NotSupported(`Razorpay's list of every ${kind} is not read: its webhooks tell of each`)
  const from = since ? { from: String(Math.floor(since.getTime() / 1000)) } : {}
  for (let skip = 0; ; skip += PAGE) {
    const query = new URLSearchParams({ ...from, count: String(PAGE), skip: String(skip) })
    const objects = await page(api, query.toString())
    yield* objects
    if (objects.length < PAGE) return
  }
}
