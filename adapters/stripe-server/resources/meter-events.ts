import { type Store, StripeFailure, type StripeObject } from '../store.ts'
import { invalid } from './fields.ts'

const DAY = 24 * 3600
const PAST_DAYS = 35
const AHEAD_SECONDS = 300

export interface NewMeterEvent {
  readonly eventName: string
  readonly payload: Readonly<Record<string, string>>
  readonly identifier: string | undefined
  readonly timestamp: number
}

/**
 * Takes usage in. As at Stripe only its time and its identifier are refused at once; whatever else is wrong with it
 * comes back later, as an error report. https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage-api
 */
export function addMeterEvent(store: Store, event: NewMeterEvent): StripeObject {
  checkTime(store, event.timestamp)
  const identifier = event.identifier ?? store.newId('mevt')
  takeIdentifier(store, identifier)
  const shown: StripeObject = {
    id: store.newId('mev'),
    object: 'billing.meter_event',
    created: store.now(),
    event_name: event.eventName,
    identifier,
    livemode: false,
    payload: event.payload,
    timestamp: event.timestamp,
  }
  const meter = store.all('billing.meter').find((each) => each.event_name === event.eventName)
  const wrong = whatIsWrong(store, meter, event)
  if (wrong) report(store, { meter, identifier, ...wrong })
  else store.put(shown)
  return { ...shown, id: undefined } as unknown as StripeObject
}

function checkTime(store: Store, timestamp: number): void {
  const now = store.now()
  if (timestamp < now - PAST_DAYS * DAY) {
    throw invalid('timestamp', 'The timestamp must be within the past 35 days.', 'timestamp_too_far_in_past')
  }
  if (timestamp > now + AHEAD_SECONDS) {
    throw invalid('timestamp', 'The timestamp must not be in the future.', 'timestamp_in_future')
  }
}

// Unique for 24 hours: after that the same identifier counts again, so uniqueness for ever is the sender's duty.
function takeIdentifier(store: Store, identifier: string): void {
  const id = `skyreel_meter_identifier:${identifier}`
  const at = store.get(id)?.at
  if (typeof at === 'number' && at > store.now() - DAY) {
    throw new StripeFailure(
      400,
      { type: 'invalid_request_error', code: 'resource_already_exists', param: 'identifier' },
      `An event already exists with identifier ${identifier}.`,
    )
  }
  store.put({ id, object: 'skyreel.meter_identifier', at: store.now() })
}

interface Wrong {
  readonly code: string
  readonly message: string
}

function whatIsWrong(store: Store, meter: StripeObject | undefined, event: NewMeterEvent): Wrong | undefined {
  if (!meter) return { code: 'no_meter', message: `No meter found with event_name ${event.eventName}.` }
  if (meter.status !== 'active') return { code: 'archived_meter', message: 'The meter is archived.' }
  const { event_payload_key: customerKey } = meter.customer_mapping as { event_payload_key: string }
  const customer = event.payload[customerKey]
  if (!customer)
    return { code: 'meter_event_no_customer_defined', message: `No ${customerKey} in the payload.` }
  const found = store.get(customer)
  if (found?.object !== 'customer' || found.deleted === true) {
    return { code: 'meter_event_customer_not_found', message: `Customer ${customer} not found.` }
  }
  const { event_payload_key: valueKey } = meter.value_settings as { event_payload_key: string }
  const counts = (meter.default_aggregation as { formula: string }).formula === 'count'
  if (counts || /^-?\d{1,15}(\.\d{1,12})?$/.test(event.payload[valueKey] ?? '')) return undefined
  return { code: 'meter_event_invalid_value', message: `Invalid value for ${valueKey}.` }
}

function report(
  store: Store,
  { meter, identifier, code, message }: Wrong & { meter: StripeObject | undefined; identifier: string },
): void {
  const sample = { error_message: message, request: { identifier } }
  const at = new Date(store.now() * 1000).toISOString()
  const data = {
    developer_message_summary: `There is 1 invalid event. ${message}`,
    reason: { error_count: 1, error_types: [{ code, error_count: 1, sample_errors: [sample] }] },
    validation_start: at,
    validation_end: at,
  }
  if (meter) store.emit('v1.billing.meter.error_report_triggered', { ...meter, _thin_data: data })
  else {
    const notice = { id: store.newId('ntc'), object: 'skyreel.notice', _thin_data: data }
    store.emit('v1.billing.meter.no_meter_found', notice)
  }
}
