import type { Operation, Params } from '../store.ts'
import { page } from './listing.ts'
import { allOf, invalid, need } from './objects-in-store.ts'
import { allow, allowList, hash, hashes, integer, metadataOf, oneOf, required, text } from './params.ts'
import { cancelSchedule, type NewPhase, releaseSchedule, scheduleFrom, updateSchedule } from './schedules.ts'

const PHASE = [
  ...['items', 'start_date', 'end_date', 'duration', 'proration_behavior', 'currency', 'metadata'],
  ...[
    'collection_method',
    'default_payment_method',
    'description',
    'billing_cycle_anchor',
    'trial_end',
    'trial',
  ],
]
const SCHEDULE = 'subscription_schedule'

const create: Operation = {
  method: 'POST',
  path: '/v1/subscription_schedules',
  run(store, { params }) {
    allow(params, ['from_subscription', 'metadata'])
    const id = text(params, 'from_subscription')
    // Only what is running can be scheduled here: a schedule that begins a subscription has nobody who asks for it.
    if (id === undefined)
      throw invalid('This server makes schedules from a subscription alone: from_subscription.')
    return scheduleFrom(store, need(store, 'subscription', id, 'from_subscription'), metadataOf(params))
  },
}

const update: Operation = {
  method: 'POST',
  path: '/v1/subscription_schedules/:id',
  run(store, { params, path }) {
    allow(params, ['phases', 'end_behavior', 'metadata', 'proration_behavior'])
    const schedule = need(store, SCHEDULE, path.id)
    const now = store.now(schedule.customer)
    const endBehaviour = oneOf(params, 'end_behavior', ['release', 'cancel'])
    return updateSchedule(store, schedule, {
      ...(params.phases !== undefined && {
        phases: hashes(params, 'phases').map((phase) => phaseOf(phase, now)),
      }),
      ...(endBehaviour && { endBehaviour }),
      ...(params.metadata !== undefined && { metadata: metadataOf(params, schedule.metadata as never) }),
    })
  },
}

function phaseOf(phase: Params, now: number): NewPhase {
  allow(phase, PHASE)
  const duration = hash(phase, 'duration')
  return {
    items: hashes(phase, 'items').map((item) => ({
      price: required(item, 'price'),
      quantity: integer(item, 'quantity'),
    })),
    start: phase.start_date === 'now' ? now : integer(phase, 'start_date'),
    end: phase.end_date === 'now' ? now : integer(phase, 'end_date'),
    behaviour: oneOf(phase, 'proration_behavior', ['create_prorations', 'always_invoice', 'none']),
    duration: duration && {
      interval: oneOf(duration, 'interval', ['day', 'week', 'month', 'year']) ?? 'month',
      count: integer(duration, 'interval_count') ?? 1,
    },
  }
}

export const scheduleOperations: readonly Operation[] = [
  create,
  update,
  {
    method: 'GET',
    path: '/v1/subscription_schedules/:id',
    run: (store, { path }) => need(store, SCHEDULE, path.id),
  },
  {
    method: 'GET',
    path: '/v1/subscription_schedules',
    run(store, { params }) {
      allowList(params, ['customer'])
      const customer = text(params, 'customer')
      const found = allOf(store, SCHEDULE).filter((each) => !customer || each.customer === customer)
      return page(params, '/v1/subscription_schedules', found)
    },
  },
  {
    method: 'POST',
    path: '/v1/subscription_schedules/:id/release',
    run: (store, { path }) => releaseSchedule(store, need(store, SCHEDULE, path.id)),
  },
  {
    method: 'POST',
    path: '/v1/subscription_schedules/:id/cancel',
    run: (store, { path }) => cancelSchedule(store, need(store, SCHEDULE, path.id)),
  },
]
