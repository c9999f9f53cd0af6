import { blocks, inner, list, type Resource, type Rule, resources, type Stack, text } from './stack.ts'

/** Shares of a month's money that must be told, in percent. */
const TOLD = [50, 80, 100]

/** The month's budget of the config, and people who are told before it is spent. */
export const BUDGET_RULES: readonly Rule[] = [
  budgetRule('aws', 'aws_budgets_budget', {
    usd: ({ values }) => Number(values.limit_amount),
    told: ({ values }) =>
      blocks(values, 'notification')
        .filter(({ notification_type: of }) => of === 'ACTUAL')
        .map(({ threshold }) => Number(threshold)),
    mails: ({ values }) =>
      blocks(values, 'notification').flatMap(({ subscriber_email_addresses: to }) => list(to)),
  }),
  budgetRule('gcp', 'google_billing_budget', {
    usd: ({ values }) => Number(inner(values, 'amount', 'specified_amount').units),
    told: ({ values }) =>
      blocks(values, 'threshold_rules').map(({ threshold_percent: share }) => Number(share) * 100),
    mails: (_, stack) =>
      resources(stack, 'google_monitoring_notification_channel').map(
        ({ values }) => inner(values, 'labels').email_address,
      ),
  }),
  budgetRule('azure', 'azurerm_consumption_budget_resource_group', {
    usd: ({ values }) => Number(values.amount),
    told: ({ values }) =>
      blocks(values, 'notification')
        .filter(({ threshold_type: of }) => of !== 'Forecasted')
        .map(({ threshold }) => Number(threshold)),
    mails: ({ values }) => blocks(values, 'notification').flatMap(({ contact_emails: to }) => list(to)),
  }),
  {
    name: 'every alarm tells somebody',
    on: ['aws', 'gcp', 'azure'],
    find: (stack) =>
      ALARMS.flatMap((type) => resources(stack, type))
        .filter(({ values }) => !TELLS.some((name) => list(values[name]).length > 0))
        .map(({ address }) => ({ address, says: 'tells nobody' })),
  },
]

const ALARMS = [
  'aws_cloudwatch_metric_alarm',
  'google_monitoring_alert_policy',
  'azurerm_monitor_metric_alert',
  'azurerm_monitor_scheduled_query_rules_alert_v2',
]
const TELLS = ['alarm_actions', 'notification_channels', 'action']

interface BudgetReader {
  readonly usd: (budget: Resource) => number
  readonly told: (budget: Resource) => readonly number[]
  readonly mails: (budget: Resource, stack: Stack) => readonly unknown[]
}

function budgetRule(cloud: 'aws' | 'gcp' | 'azure', type: string, { usd, told, mails }: BudgetReader): Rule {
  return {
    name: 'the budget of the config is there, and its people are told at 50, 80 and 100 percent',
    on: [cloud],
    find: (stack) => {
      const [budget] = resources(stack, type)
      if (budget === undefined) return [{ address: type, says: 'there is no budget' }]
      const { monthlyUsd, alertEmails } = stack.place.environment.budget
      const wrong = [
        ...(usd(budget) === monthlyUsd ? [] : [`is of ${usd(budget)} USD, not ${monthlyUsd}`]),
        ...TOLD.filter((share) => !told(budget).includes(share)).map(
          (share) => `tells nobody at ${share} percent`,
        ),
        ...alertEmails
          .filter((to) => !mails(budget, stack).map(text).includes(to))
          .map((to) => `does not tell ${to}`),
      ]
      return wrong.map((says) => ({ address: budget.address, says }))
    },
  }
}
