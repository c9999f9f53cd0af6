import { isBillingStaff } from '../billing/billing-can.ts'
import { currencyOf } from '../billing/money.ts'
import { forbidden } from '../http/problem.ts'
import { ok } from '../http/response.ts'
import { type Route, route } from '../http/route.ts'
import { revenueBetween } from './revenue.ts'
import { showRevenue } from './show-revenue.ts'
import { Revenue, RevenueQuery } from './wire.ts'

export const revenueRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/billing/revenue',
    tag: 'Billing',
    access: 'user',
    summary: 'Look at revenue by day',
    description:
      'For the staff named in the configuration alone. Days are of UTC and made once a day from the ledger; days without figures are left out.',
    query: RevenueQuery,
    answers: { 200: { description: 'Days, oldest first, and their sums', schema: Revenue } },
    problems: { forbidden: '403: You are not one of the staff who may look at revenue.' },
    handler: async ({ query, actor }, ports) => {
      if (!isBillingStaff(ports, actor)) throw forbidden('Revenue is shown to billing staff alone.')
      const currency = currencyOf(query.currency)
      const days = await revenueBetween(ports, { ...query, currency })
      return ok(showRevenue(currency, days), { 'cache-control': 'private, no-store' })
    },
  }),
]
