import { BillingBudget } from '@cdktf/provider-google/lib/billing-budget/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Channels } from './alarms.ts'

const SHARES = [0.5, 0.8, 1]
/** A budget takes no more; those who have the billing account are told besides. */
const MAX_CHANNELS = 5

/** The month's budget of the project, told at half, at four fifths and at all of it. A preview is in that of its environment. */
export function layBudget(stack: SkyreelStack, channels: Channels): void {
  const { environment, preview, prefix } = stack.place
  if (preview !== '') return
  new BillingBudget(stack, 'budget', {
    billingAccount: environment.gcp.billingAccount,
    displayName: prefix,
    budgetFilter: { projects: [`projects/${environment.gcp.projectNumber}`], calendarPeriod: 'MONTH' },
    // Without a currency it is the billing account's own: Google refuses the name of any other.
    amount: { specifiedAmount: { units: String(environment.budget.monthlyUsd) } },
    thresholdRules: SHARES.map((share) => ({ thresholdPercent: share, spendBasis: 'CURRENT_SPEND' })),
    allUpdatesRule: {
      monitoringNotificationChannels: channels.slice(0, MAX_CHANNELS).map(({ name }) => name),
      disableDefaultIamRecipients: false,
    },
  })
}
