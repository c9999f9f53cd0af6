/** When what happens to an unpaid invoice, in days. What comes after a stage's end counts from that end. */
export interface DunningPolicy {
  /** Our own tries, from the first failure on, where the provider does not retry by itself. */
  readonly ownRetryDays: readonly number[]
  /** The end of our tries: a day after the last one, so that its answer can come. */
  readonly ownRetryingDays: number
  /** However long a provider retries by itself: the end of waiting for it. */
  readonly providerRetryingDays: number
  readonly graceDays: number
  readonly restrictedDays: number
  /** From the downgrade on. */
  readonly winBackDays: number
  readonly lostDays: number
  /** From the beginning of the stage on. */
  readonly reminderDays: Readonly<Record<'retrying' | 'grace' | 'restricted', readonly number[]>>
}

/** At most 57 days without the provider's retries, 79 with them. */
export const DUNNING_POLICY: DunningPolicy = {
  ownRetryDays: [3, 5, 7],
  ownRetryingDays: 8,
  providerRetryingDays: 30,
  graceDays: 7,
  restrictedDays: 7,
  winBackDays: 14,
  lostDays: 35,
  reminderDays: { retrying: [2, 6], grace: [3, 6], restricted: [3] },
}
