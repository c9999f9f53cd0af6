import type { StrictOperation } from '../operation-table.ts'
import { listOf } from '../paging.ts'
import type { Params, Store, StripeFailure, StripeObject } from '../store.ts'
import { change, existing, inner, integer, invalid, listed, make, text } from './fields.ts'
import { addMeterEvent } from './meter-events.ts'
import { summaries } from './meter-summaries.ts'

/** https://docs.stripe.com/api/billing/meter */
export const meterOperations: readonly StrictOperation[] = [
  {
    method: 'POST',
    path: '/v1/billing/meters',
    accepts: [
      ...['display_name', 'event_name', 'event_time_window', 'default_aggregation.formula'],
      ...['customer_mapping.event_payload_key', 'customer_mapping.type', 'value_settings.event_payload_key'],
    ],
    requires: ['display_name', 'event_name', 'default_aggregation'],
    run: (store, { params }) => makeMeter(store, params),
  },
  {
    method: 'GET',
    path: '/v1/billing/meters',
    accepts: ['limit', 'starting_after', 'ending_before', 'status'],
    run: (store, { params }) =>
      listOf('/v1/billing/meters', listed(store, 'billing.meter', { params, by: ['status'] })),
  },
  {
    method: 'GET',
    path: '/v1/billing/meters/:id',
    accepts: [],
    run: (store, { path }) => existing(store, 'billing.meter', path.id),
  },
  {
    method: 'POST',
    path: '/v1/billing/meters/:id',
    accepts: ['display_name'],
    run: (store, { path, params }) =>
      change(store, 'billing.meter.updated', {
        before: existing(store, 'billing.meter', path.id),
        fields: { display_name: text(params, 'display_name') ?? undefined, updated: store.now() },
      }),
  },
  {
    method: 'POST',
    path: '/v1/billing/meters/:id/deactivate',
    accepts: [],
    run: (store, { path }) => setStatus(store, path.id, 'inactive'),
  },
  {
    method: 'POST',
    path: '/v1/billing/meters/:id/reactivate',
    accepts: [],
    run: (store, { path }) => setStatus(store, path.id, 'active'),
  },
  {
    method: 'POST',
    path: '/v1/billing/meter_events',
    accepts: ['event_name', 'payload', 'identifier', 'timestamp'],
    requires: ['event_name', 'payload'],
    run: (store, { params }) =>
      addMeterEvent(store, {
        eventName: text(params, 'event_name') ?? '',
        payload: texted(inner(params, 'payload')),
        identifier: text(params, 'identifier') ?? undefined,
        timestamp: integer(params, 'timestamp') ?? store.now(),
      }),
  },
  {
    method: 'GET',
    path: '/v1/billing/meters/:id/event_summaries',
    accepts: [
      ...['limit', 'starting_after', 'ending_before', 'customer', 'start_time', 'end_time'],
      'value_grouping_window',
    ],
    requires: ['customer', 'start_time', 'end_time'],
    run: (store, { path, params }) => {
      const meter = existing(store, 'billing.meter', path.id)
      return listOf(`/v1/billing/meters/${meter.id}/event_summaries`, summaries(store, meter, params))
    },
  },
]

function makeMeter(store: Store, params: Params): StripeObject {
  const eventName = text(params, 'event_name') ?? ''
  const same = store
    .all('billing.meter')
    .find((each) => each.event_name === eventName && each.status === 'active')
  if (same) throw taken(eventName)
  const formula = text(inner(params, 'default_aggregation'), 'formula') ?? 'sum'
  if (!['sum', 'count', 'last'].includes(formula)) {
    throw invalid('default_aggregation[formula]', `Invalid formula: ${formula}`)
  }
  return make(store, 'billing.meter.created', {
    id: store.newId('mtr'),
    object: 'billing.meter',
    created: store.now(),
    customer_mapping: {
      event_payload_key: text(inner(params, 'customer_mapping'), 'event_payload_key') ?? 'stripe_customer_id',
      type: 'by_id',
    },
    default_aggregation: { formula },
    display_name: text(params, 'display_name'),
    event_name: eventName,
    event_time_window: text(params, 'event_time_window') ?? null,
    livemode: false,
    status: 'active',
    status_transitions: { deactivated_at: null },
    updated: store.now(),
    value_settings: {
      event_payload_key: text(inner(params, 'value_settings'), 'event_payload_key') ?? 'value',
    },
  })
}

function setStatus(store: Store, id: string | undefined, status: 'active' | 'inactive'): StripeObject {
  const before = existing(store, 'billing.meter', id)
  const off = status === 'inactive' ? store.now() : null
  return change(store, status === 'active' ? 'billing.meter.reactivated' : 'billing.meter.deactivated', {
    before,
    fields: { status, status_transitions: { deactivated_at: off } },
  })
}

function texted(params: Params): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]))
}

function taken(name: string): StripeFailure {
  return invalid(
    'event_name',
    `There is already an active meter with the event name ${name}.`,
    'resource_already_exists',
  )
}
