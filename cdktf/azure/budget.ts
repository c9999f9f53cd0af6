import { ConsumptionBudgetResourceGroup } from '@cdktf/provider-azurerm/lib/consumption-budget-resource-group/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Ground } from './backend.ts'

const PERCENT = [50, 80, 100]

/**
 * An expression: the first of the month in which it is applied. Azure takes no budget that begins in a month that is over,
 * so that a date written here would be refused a month later; once made, the date stays.
 */
const THIS_MONTH = `\${formatdate("YYYY-MM-01'T'00:00:00Z", plantimestamp())}`

/**
 * The month's money of the resource group, told at half, at four fifths and at all of it. Azure counts in the currency of the
 * subscription: where that is none of dollars, the number of the config is of that one.
 */
export const openBudget = (stack: SkyreelStack, { group }: Ground): ConsumptionBudgetResourceGroup =>
  new ConsumptionBudgetResourceGroup(stack, 'budget', {
    ...{ name: stack.place.prefix, resourceGroupId: group.id, timeGrain: 'Monthly' },
    amount: stack.place.environment.budget.monthlyUsd,
    timePeriod: { startDate: THIS_MONTH },
    notification: PERCENT.map((threshold) => ({
      ...{ enabled: true, operator: 'GreaterThanOrEqualTo', thresholdType: 'Actual', threshold },
      contactEmails: stack.place.environment.budget.alertEmails,
    })),
    lifecycle: { ignoreChanges: ['time_period'] },
  })
