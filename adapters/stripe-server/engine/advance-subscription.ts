import type { Store } from '../store.ts'
import { changeSubscription } from './bill.ts'
import { collect } from './collect.ts'
import { openDisputeOfCard } from './disputes.ts'
import { hasEnded } from './end.ts'
import { voidInvoice } from './invoice-given-up.ts'
import { link, linked } from './links.ts'
import type { Invoice, Subscription } from './objects.ts'
import { find } from './objects-in-store.ts'
import { DAY } from './periods.ts'
import { previewInvoice } from './preview.ts'
import { finish, periodOf, renew } from './renew.ts'
import { nextPhase } from './schedules.ts'
import { settingsOf } from './settings.ts'
import { expireIncomplete } from './standing.ts'

const HOURS_TO_PAY_FIRST = 23
const TRIAL_NOTICE_DAYS = 3

interface Step {
  readonly at: number
  run(): void
}

/** What time brings to a subscription next. Of steps at one time the first in this order comes first. */
export function nextOfSubscription(at: () => Store, id: string): Step | undefined {
  const subscription = find(at(), 'subscription', id)
  if (!subscription || hasEnded(subscription)) return undefined
  const steps = [
    firstPaymentExpires(at, subscription),
    trialNotice(at, subscription),
    upcomingNotice(at, subscription),
    retry(at, subscription),
    resumesCollection(at, subscription),
    phaseEnds(at, subscription),
    cancels(at, subscription),
    periodEnds(at, subscription),
  ].filter((step) => step !== undefined)
  return steps.reduce<Step | undefined>(
    (first, step) => (first && first.at <= step.at ? first : step),
    undefined,
  )
}

type StepOf = (at: () => Store, subscription: Subscription) => Step | undefined
const RENEWS = new Set(['trialing', 'active', 'past_due', 'unpaid'])

const firstPaymentExpires: StepOf = (at, subscription) => {
  if (subscription.status !== 'incomplete') return undefined
  return {
    at: subscription.created + HOURS_TO_PAY_FIRST * 3600,
    run: () => {
      const invoice = find(at(), 'invoice', subscription.latest_invoice)
      if (invoice?.status === 'open') voidInvoice(at(), invoice)
      else expireIncomplete(at(), subscription)
    },
  }
}

const trialNotice: StepOf = (at, subscription) => {
  const { trial_end, status } = subscription
  if (status !== 'trialing' || trial_end === null) return undefined
  const key = `trial ${trial_end}`
  if (linked(at(), 'noticed', subscription.id).includes(key)) return undefined
  return {
    at: Math.max(subscription.created, trial_end - TRIAL_NOTICE_DAYS * DAY),
    run: () => {
      link(at(), 'noticed', subscription.id, key)
      at().emit('customer.subscription.trial_will_end', subscription)
    },
  }
}

const upcomingNotice: StepOf = (at, subscription) => {
  const { start, end } = periodOf(subscription)
  const notice = settingsOf(at()).upcomingDays * DAY
  if (subscription.status !== 'active' || end - start <= 2 * notice || subscription.cancel_at !== null)
    return undefined
  const key = `upcoming ${end}`
  if (linked(at(), 'noticed', subscription.id).includes(key)) return undefined
  return {
    at: end - notice,
    run: () => {
      link(at(), 'noticed', subscription.id, key)
      const invoice = previewInvoice(at(), subscription, { items: [], behaviour: 'none' })
      at().emit('invoice.upcoming', invoice)
    },
  }
}

const retry: StepOf = (at, subscription) => {
  const due = nextToTry(at(), subscription)
  if (!due) return undefined
  return {
    at: tryAt(due),
    run: () => {
      const { intent } = collect(at(), due, { automatic: true, offSession: true })
      if (intent) openDisputeOfCard(at(), intent)
    },
  }
}
const tryAt = (invoice: Invoice): number => invoice.next_payment_attempt ?? Number.POSITIVE_INFINITY

// Asked of every subscription at every look of the clock: it makes no lists.
function nextToTry(store: Store, subscription: Subscription): Invoice | undefined {
  let first: Invoice | undefined
  for (const id of linked(store, 'invoices', subscription.id)) {
    const invoice = find(store, 'invoice', id)
    if (invoice?.status !== 'open' || invoice.next_payment_attempt === null) continue
    if (!first || tryAt(invoice) < tryAt(first)) first = invoice
  }
  return first
}

const resumesCollection: StepOf = (at, subscription) => {
  const time = subscription.pause_collection?.resumes_at
  if (!time) return undefined
  return { at: time, run: () => void changeSubscription(at(), subscription, { pause_collection: null }) }
}

const phaseEnds: StepOf = (at, subscription) => {
  const schedule = find(at(), 'subscription_schedule', subscription.schedule)
  const end = schedule?.current_phase?.end_date
  if (!schedule || end === undefined) return undefined
  return { at: end, run: () => nextPhase(at(), schedule) }
}

const cancels: StepOf = (at, subscription) => {
  const { cancel_at: time } = subscription
  if (time === null || time >= periodOf(subscription).end) return undefined
  return { at: time, run: () => finish(at(), subscription) }
}

const periodEnds: StepOf = (at, subscription) => {
  if (!RENEWS.has(subscription.status)) return undefined
  return { at: periodOf(subscription).end, run: () => renew(at(), subscription) }
}
