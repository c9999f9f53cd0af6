import type { Store, StripeObject } from '../store.ts'

/** What an account's owner sets in Stripe's dashboard. */
export interface Settings {
  /** Where the hosted pages are: invoices link there. */
  readonly origin: string
  /** Days after a failed payment until the next try, one for each try. */
  readonly retryDays: readonly number[]
  readonly afterLastRetry: 'cancel' | 'mark-unpaid' | 'leave-past-due'
  /** `manual`: payouts are made by the API alone. */
  readonly payouts: 'daily' | 'manual'
  /** Days before a renewal that `invoice.upcoming` is sent. */
  readonly upcomingDays: number
}

const DEFAULTS: Settings = {
  origin: 'http://localhost',
  retryDays: [3, 5, 7],
  afterLastRetry: 'cancel',
  payouts: 'daily',
  upcomingDays: 3,
}
const ID = 'skyreel_settings'

/** The settings of this server's account. */
export const settingsOf = (store: Store): Settings =>
  (store.get(ID) as (StripeObject & { settings: Settings }) | undefined)?.settings ?? DEFAULTS

export function changeSettings(store: Store, changes: Partial<Settings>): void {
  store.put({ id: ID, object: 'skyreel.settings', settings: { ...settingsOf(store), ...changes } })
}
