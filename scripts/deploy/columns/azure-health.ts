import * as z from 'zod/mini'
import { azureNames } from '../../../cdktf/azure/settings-names.ts'
import type { Place } from '../../../cdktf/shared/place.ts'
import type { Health, Query } from '../column.ts'
import { fromJson } from './answers.ts'
import { azAsked } from './azure-command.ts'
import { insightsName } from './azure-insights.ts'
import { type HealthWindow, seen } from './health-window.ts'

/**
 * Of one app, by its requests in Application Insights: Azure's metrics of Flex Consumption count executions, not answers,
 * and Front Door's have no percentiles. Where the host samples, one row stands for `itemCount` requests.
 */
export function azureHealth(place: Place, app: string, of: HealthWindow): Query<Health> {
  const query = [
    `requests | where cloud_RoleName =~ '${app}'`,
    `summarize requests = sum(itemCount), errors = sumif(itemCount, toint(resultCode) >= 500), p95 = percentile(duration, 95)`,
  ].join(' | ')
  return {
    command: azAsked(
      place,
      `read the health of ${app}`,
      ...['monitor', 'app-insights', 'query', '--apps', insightsName(place)],
      ...['--resource-group', azureNames(place).resourceGroup, '--analytics-query', query],
      ...['--start-time', seen(of, LATE_MINUTES).start.toISOString()],
      ...['--end-time', of.now.toISOString()],
    ),
    read: fromJson(`health of ${app}`, healthOf),
  }
}

/** Between a request and its row lie some minutes; this is what Microsoft calls usual. */
const LATE_MINUTES = 5

/** Without a request the sums are null or 0, and the percentile is null or the text NaN. */
const Cell = z.union([z.number(), z.null(), z.literal('NaN')])
const Answer = z.object({
  tables: z.array(
    z.object({ columns: z.array(z.object({ name: z.string() })), rows: z.array(z.array(Cell)) }),
  ),
})

function healthOf(answer: unknown): Health {
  const [table] = Answer.parse(answer).tables
  if (table === undefined) throw new Error('the answer holds no table')
  const value = (column: string) => {
    const at = table.columns.findIndex(({ name }) => name === column)
    if (at === -1) throw new Error(`the answer holds no column ${column}`)
    const cell = table.rows[0]?.[at]
    return typeof cell === 'number' ? cell : 0
  }
  return { requests: value('requests'), errors: value('errors'), p95Ms: value('p95') }
}
