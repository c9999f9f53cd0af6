import type { Store } from '../store.ts'
import { nextOfPayouts } from './advance-payouts.ts'
import { nextOfSubscription } from './advance-subscription.ts'
import { runDue, type Subject } from './due-queue.ts'
import { hasEnded } from './end.ts'
import { linked } from './links.ts'
import type { Customer, Subscription } from './objects.ts'
import { allOf, atTime, change, find } from './objects-in-store.ts'

/**
 * Does all that time brings until then, oldest first: trials that end, renewals, retries, phases, cancellations,
 * payouts. Each step happens at its own time. Without customers it is about all that no test clock holds.
 */
export function advance(store: Store, toUnixSeconds: number, customerIds?: readonly string[]): void {
  let now = store.now()
  const at = (): Store => atTime(store, now)
  const subscriptions = living(store, customerIds)
  const subjects: Subject[] = subscriptions.map(({ id }) => ({ next: () => nextOfSubscription(at, id) }))
  if (!customerIds) subjects.push({ next: () => nextOfPayouts(at, toUnixSeconds) })
  const clocks = clocksOf(store, customerIds ?? [])
  runDue(subjects, toUnixSeconds, (time) => {
    now = time
    moveClocks(store, clocks, time)
  })
  moveClocks(store, clocks, toUnixSeconds)
}

function living(store: Store, customerIds: readonly string[] | undefined): Subscription[] {
  if (!customerIds) return allOf(store, 'subscription').filter((each) => !hasEnded(each) && !each.test_clock)
  return customerIds
    .flatMap((customer) => linked(store, 'subscriptions', customer))
    .map((id) => find(store, 'subscription', id))
    .filter((each) => each !== undefined)
    .filter((each) => !hasEnded(each))
}

const clocksOf = (store: Store, customerIds: readonly string[]): ReadonlySet<string> =>
  new Set(
    customerIds
      .map((id) => (find(store, 'customer', id) as Customer | undefined)?.test_clock)
      .filter((clock): clock is string => typeof clock === 'string'),
  )

function moveClocks(store: Store, clocks: ReadonlySet<string>, time: number): void {
  for (const id of clocks) {
    const clock = find(store, 'test_helpers.test_clock', id)
    if (clock && clock.frozen_time < time) change(store, clock, { frozen_time: time })
  }
}
