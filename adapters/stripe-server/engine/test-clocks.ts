import type { Operation } from '../store.ts'
import { advance } from './advance.ts'
import { page } from './listing.ts'
import type { Customer, TestClock } from './objects.ts'
import { add, allOf, change, invalid, need } from './objects-in-store.ts'
import { allow, allowList, integer, required, text } from './params.ts'
import { DAY } from './periods.ts'

const CLOCK = 'test_helpers.test_clock'
const PATH = '/v1/test_helpers/test_clocks'

/** https://docs.stripe.com/billing/testing/test-clocks: time that stands still for the customers made with it. */
const create: Operation = {
  method: 'POST',
  path: PATH,
  run(store, { params }) {
    allow(params, ['frozen_time', 'name'])
    required(params, 'frozen_time')
    return add<TestClock>(
      store,
      {
        id: store.newId('clock'),
        object: CLOCK,
        created: store.now(),
        deletes_after: store.now() + 30 * DAY,
        frozen_time: integer(params, 'frozen_time') ?? 0,
        livemode: false,
        name: text(params, 'name') ?? null,
        status: 'ready',
        status_details: {},
      },
      'test_helpers.test_clock.created',
    )
  },
}

/** Stripe does this in the background; here all has happened when the answer comes. */
const advanceClock: Operation = {
  method: 'POST',
  path: `${PATH}/:id/advance`,
  run(store, { params, path }) {
    allow(params, ['frozen_time'])
    const clock = need(store, CLOCK, path.id)
    required(params, 'frozen_time')
    const to = integer(params, 'frozen_time') ?? 0
    if (to <= clock.frozen_time)
      throw invalid('The frozen_time must be after the present one.', { param: 'frozen_time' })
    change(store, clock, { status: 'advancing' }, 'test_helpers.test_clock.advancing')
    const customers = (allOf(store, 'customer') as readonly Customer[]).filter(
      (customer) => customer.test_clock === clock.id,
    )
    advance(
      store,
      to,
      customers.map(({ id }) => id),
    )
    return change(store, clock, { status: 'ready', frozen_time: to }, 'test_helpers.test_clock.ready')
  },
}

export const testClockOperations: readonly Operation[] = [
  create,
  advanceClock,
  { method: 'GET', path: `${PATH}/:id`, run: (store, { path }) => need(store, CLOCK, path.id) },
  {
    method: 'GET',
    path: PATH,
    run(store, { params }) {
      allowList(params)
      return page(params, PATH, allOf(store, CLOCK))
    },
  },
]
