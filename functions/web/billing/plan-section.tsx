import type { ComponentChildren } from 'preact'
import { isRunning } from '../../../core/billing/model.ts'
import type { Subscription } from '../../../core/billing/wire.ts'
import type { Payer } from '../kit/billing-api.ts'
import { day } from '../kit/format.ts'
import { DunningNote } from './dunning-note.tsx'
import { isOwed } from './owed.ts'
import { SubscriptionCard } from './subscription-card.tsx'

interface PlanSectionProps {
  payer: Payer
  /** Latest first. */
  subscriptions: readonly Subscription[]
  returnPath: string
  onChange: (subscription: Subscription) => void
  /** What stands where there is no plan. */
  none: ComponentChildren
}

/** The plan that runs, what is owed, or how to get one. */
export function PlanSection({ payer, subscriptions, returnPath, onChange, none }: PlanSectionProps) {
  const running = subscriptions.filter(({ status }) => isRunning[status])
  const owed = subscriptions.find(isOwed)
  const ended = subscriptions.find(({ status }) => status === 'canceled')
  return (
    <>
      {owed && <DunningNote subscription={owed} {...{ payer, returnPath }} />}
      {running.map((subscription) => (
        <SubscriptionCard key={subscription.id} {...{ subscription, onChange }} />
      ))}
      {running.length === 0 && ended && (
        <p class="soft">
          {ended.plan?.name ?? 'Your plan'} ended{ended.endedAt ? ` on ${day(ended.endedAt)}` : ''}.
        </p>
      )}
      {running.length === 0 && none}
    </>
  )
}
