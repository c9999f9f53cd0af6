import type { Store } from '../store.ts'
import { current } from './bill.ts'
import { changeItems, type ItemChange, type ProrationBehaviour } from './change.ts'
import { endSubscription, hasEnded } from './end.ts'
import type { Metadata, Phase, Schedule, Subscription } from './objects.ts'
import { add, change, find, invalid, need } from './objects-in-store.ts'
import { periodEnd } from './periods.ts'
import { periodOf } from './renew.ts'

/** Takes a running subscription under a schedule: https://docs.stripe.com/billing/subscriptions/subscription-schedules. */
export function scheduleFrom(store: Store, subscription: Subscription, metadata: Metadata): Schedule {
  if (hasEnded(subscription))
    throw invalid('You cannot migrate a subscription that is already canceled to a schedule.')
  if (subscription.schedule)
    throw invalid(
      `You cannot migrate a subscription that is already attached to a schedule: ${subscription.schedule}.`,
    )
  const { start, end } = periodOf(subscription)
  const id = store.newId('sub_sched')
  const phase = newPhase({
    start_date: start,
    end_date: end,
    currency: subscription.currency,
    items: subscription.items.data.map((item) => ({
      price: item.price.id,
      ...(item.quantity !== undefined && { quantity: item.quantity }),
    })),
  })
  change(store, subscription, { schedule: id }, 'customer.subscription.updated')
  return add<Schedule>(
    store,
    {
      id,
      object: 'subscription_schedule',
      application: null,
      billing_mode: subscription.billing_mode,
      canceled_at: null,
      completed_at: null,
      created: store.now(subscription.customer),
      current_phase: { start_date: start, end_date: end },
      customer: subscription.customer,
      default_settings: { billing_cycle_anchor: 'automatic', collection_method: 'charge_automatically' },
      end_behavior: 'release',
      livemode: false,
      metadata,
      pause_schedules: [],
      phases: [phase],
      released_at: null,
      released_subscription: null,
      status: 'active',
      subscription: subscription.id,
      test_clock: subscription.test_clock ?? null,
    },
    'subscription_schedule.created',
  )
}

const newPhase = (
  of: Pick<Phase, 'start_date' | 'end_date' | 'currency' | 'items'> & Partial<Phase>,
): Phase => ({
  add_invoice_items: [],
  application_fee_percent: null,
  billing_cycle_anchor: null,
  collection_method: null,
  default_payment_method: null,
  description: null,
  discounts: [],
  metadata: {},
  on_behalf_of: null,
  proration_behavior: 'create_prorations',
  trial_end: null,
  ...of,
})

export interface NewPhase {
  readonly items: readonly { price: string; quantity?: number | undefined }[]
  readonly start?: number | undefined
  readonly end?: number | undefined
  /** Instead of the end. */
  readonly duration?: { interval: 'day' | 'week' | 'month' | 'year'; count: number } | undefined
  readonly behaviour?: ProrationBehaviour | undefined
}

/** Replaces the phases. What the present one says of items holds at once. */
export function updateSchedule(
  store: Store,
  schedule: Schedule,
  of: { phases?: readonly NewPhase[]; endBehaviour?: string; metadata?: Metadata },
): Schedule {
  refuseEndedSchedule(schedule)
  const phases = of.phases ? phasesOf(store, schedule, of.phases) : schedule.phases
  const now = store.now(schedule.customer)
  const phase = phases.find((each) => each.start_date <= now && now < each.end_date)
  if (!phase) throw invalid('One of the phases must be the present one.', { param: 'phases' })
  const changed = change(
    store,
    schedule,
    {
      phases,
      current_phase: { start_date: phase.start_date, end_date: phase.end_date },
      end_behavior: of.endBehaviour ?? schedule.end_behavior,
      ...(of.metadata && { metadata: of.metadata }),
    },
    'subscription_schedule.updated',
  )
  applyPhase(store, changed, phase)
  return need(store, 'subscription_schedule', schedule.id)
}

export function refuseEndedSchedule(schedule: Schedule): void {
  if (schedule.status !== 'active')
    throw invalid(`You cannot change a subscription schedule that is ${schedule.status}.`)
}

function phasesOf(store: Store, schedule: Schedule, asked: readonly NewPhase[]): Phase[] {
  let start = schedule.phases[0]?.start_date ?? store.now(schedule.customer)
  const currency = schedule.phases[0]?.currency ?? ''
  return asked.map((phase) => {
    const start_date: number = phase.start ?? start
    const end_date = endOf(store, phase, start_date)
    if (end_date <= start_date) throw invalid('A phase must end after its start.', { param: 'phases' })
    start = end_date
    const items = phase.items.map(({ price, quantity }) => ({
      price,
      ...(quantity !== undefined && { quantity }),
    }))
    return newPhase({
      start_date,
      end_date,
      currency,
      items,
      proration_behavior: phase.behaviour ?? 'create_prorations',
    })
  })
}

function endOf(store: Store, phase: NewPhase, start: number): number {
  if (phase.end !== undefined) return phase.end
  const first = need(store, 'price', phase.items[0]?.price, 'phases[0][items][0][price]')
  const { interval, count } = phase.duration ?? {
    interval: first.recurring?.interval ?? 'month',
    count: first.recurring?.interval_count ?? 1,
  }
  return periodEnd(start, { interval, interval_count: count, meter: null, usage_type: 'licensed' }, 1)
}

function applyPhase(store: Store, schedule: Schedule, phase: Phase): void {
  const subscription = find(store, 'subscription', schedule.subscription)
  if (!subscription || hasEnded(subscription)) return
  const items = changesTo(subscription, phase)
  if (items.length === 0) return
  changeItems(store, subscription, { items, behaviour: phase.proration_behavior as ProrationBehaviour })
}

/** Changes that make the subscription's items those of the phase: an item keeps its id where one takes its place. */
function changesTo(subscription: Subscription, phase: Phase): ItemChange[] {
  const before = subscription.items.data
  const gone = before.filter((item) => !phase.items.some(({ price }) => price === item.price.id))
  const kept = phase.items.flatMap((asked): ItemChange[] => {
    const item = before.find(({ price }) => price.id === asked.price)
    if (item) return (asked.quantity ?? item.quantity) === item.quantity ? [] : [{ ...asked, id: item.id }]
    const replaced = gone.shift()
    return [replaced ? { ...asked, id: replaced.id } : asked]
  })
  return [...kept, ...gone.map(({ id }) => ({ id, deleted: true }))]
}

/** The present phase is over: the next one begins, or the schedule lets go of the subscription. */
export function nextPhase(store: Store, schedule: Schedule): void {
  const end = schedule.current_phase?.end_date
  const phase = schedule.phases.find((each) => each.start_date === end)
  if (phase) beginPhase(store, schedule, phase)
  else endOfPhases(store, schedule)
}

function beginPhase(store: Store, schedule: Schedule, phase: Phase): void {
  const { start_date, end_date } = phase
  const moved = change(
    store,
    schedule,
    { current_phase: { start_date, end_date } },
    'subscription_schedule.updated',
  )
  applyPhase(store, moved, phase)
}

function endOfPhases(store: Store, schedule: Schedule): void {
  if (schedule.end_behavior !== 'cancel') {
    letGo(store, schedule, { status: 'completed', completed_at: store.now(schedule.customer) })
    store.emit('subscription_schedule.completed', need(store, 'subscription_schedule', schedule.id))
    return
  }
  const subscription = find(store, 'subscription', schedule.subscription)
  if (subscription) endSubscription(store, current(store, subscription), 'cancellation_requested')
}

/** The subscription goes on without its schedule: https://docs.stripe.com/api/subscription_schedules/release. */
export function releaseSchedule(store: Store, schedule: Schedule): Schedule {
  refuseEndedSchedule(schedule)
  letGo(store, schedule, { status: 'released', released_at: store.now(schedule.customer) })
  const released = need(store, 'subscription_schedule', schedule.id)
  store.emit('subscription_schedule.released', released)
  return released
}

function letGo(store: Store, schedule: Schedule, changes: Partial<Schedule>): void {
  const { subscription: id } = schedule
  change(store, schedule, {
    ...changes,
    current_phase: null,
    subscription: null,
    released_subscription: id,
  })
  const subscription = find(store, 'subscription', id)
  if (subscription) change(store, subscription, { schedule: null }, 'customer.subscription.updated')
}

/** Ends the schedule and its subscription: https://docs.stripe.com/api/subscription_schedules/cancel. */
export function cancelSchedule(store: Store, schedule: Schedule): Schedule {
  refuseEndedSchedule(schedule)
  const subscription = find(store, 'subscription', schedule.subscription)
  if (subscription) endSubscription(store, subscription, 'cancellation_requested')
  return need(store, 'subscription_schedule', schedule.id)
}
