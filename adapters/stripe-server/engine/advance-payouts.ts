import type { Store, StripeObject } from '../store.ts'
import { linked } from './links.ts'
import { find } from './objects-in-store.ts'
import { arrivePayout, IN_TRANSIT, payOutBalances } from './payouts.ts'
import { DAY } from './periods.ts'
import { settingsOf } from './settings.ts'

const ID = 'skyreel_payouts'
interface Done extends StripeObject {
  /** The midnight until which payouts were made. */
  until: number
}

/** Once a day, at midnight UTC, payouts arrive and what is available is paid out. Days without money cost a look. */
export function nextOfPayouts(at: () => Store, to: number): { at: number; run(): void } {
  const until = (at().get(ID) as Done | undefined)?.until ?? firstDay(at(), to)
  const due = until + DAY
  return {
    at: due,
    run: () => {
      const store = at()
      store.put({ id: ID, object: 'skyreel.state', until: due })
      for (const id of linked(store, 'payouts', IN_TRANSIT)) {
        const payout = find(store, 'payout', id)
        if (payout && payout.arrival_date <= due) arrivePayout(store, payout)
      }
      if (settingsOf(store).payouts === 'daily') payOutBalances(store)
    },
  }
}

/** The day on which money may have come first. */
function firstDay(store: Store, to: number): number {
  const times = ['subscription', 'payment_intent'].map((type) => Number(store.all(type)[0]?.created ?? to))
  return Math.floor(Math.min(...times) / DAY) * DAY
}
