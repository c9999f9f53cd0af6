import { mentions, type Rule, resources, type Stack, unless } from './stack.ts'

/** Everything that grows by itself on Azure ends by itself, after the days that the config says. */
export const RETENTION_AZURE: readonly Rule[] = [
  {
    name: 'logs are kept as long as the config says',
    on: ['azure'],
    find: (stack) => [
      ...unless(
        resources(stack, 'azurerm_log_analytics_workspace'),
        // Thirty days are the least that Azure sells.
        ({ values }) => values.retention_in_days === Math.max(30, logDays(stack)),
        'is kept for another time',
      ),
      ...unless(
        resources(stack, 'azurerm_application_insights'),
        (one) =>
          resources(stack, 'azurerm_log_analytics_workspace').some((workspace) => mentions(one, workspace)),
        'keeps its lines outside of the workspace',
      ),
    ],
  },
]

const logDays = ({ place }: Stack): number => place.environment.retention.logDays
