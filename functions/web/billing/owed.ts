import type { Subscription } from '../../../core/billing/wire.ts'

/** Whether something of a subscription is unpaid. */
export const isOwed = ({ status, dunning }: Subscription): boolean =>
  dunning !== null || status === 'past_due' || status === 'unpaid'
