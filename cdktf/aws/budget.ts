import { BudgetsBudget } from '@cdktf/provider-aws/lib/budgets-budget/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'

/** Shares of the month's budget that are told when they are spent. */
const SPENT_PERCENT = [50, 80, 100]

/**
 * What the account may cost in a month. A preview lives in its environment's account and counts there: a budget of its own
 * would tell of the same money twice, so it has none.
 */
export function makeBudget(stack: SkyreelStack): void {
  const { prefix, preview, environment } = stack.place
  if (preview !== '') return
  const { monthlyUsd, alertEmails } = environment.budget
  const tell = (notificationType: string, threshold: number) => ({
    ...{ notificationType, threshold, thresholdType: 'PERCENTAGE', comparisonOperator: 'GREATER_THAN' },
    subscriberEmailAddresses: alertEmails,
  })
  new BudgetsBudget(stack, 'budget', {
    ...{ name: prefix, budgetType: 'COST', timeUnit: 'MONTHLY' },
    ...{ limitAmount: String(monthlyUsd), limitUnit: 'USD' },
    notification: [...SPENT_PERCENT.map((share) => tell('ACTUAL', share)), tell('FORECASTED', 100)],
  })
}
