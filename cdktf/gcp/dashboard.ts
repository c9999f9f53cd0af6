import { MonitoringDashboard } from '@cdktf/provider-google/lib/monitoring-dashboard/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { metric, type Watched } from './alarms-conditions.ts'
import { ofServices } from './alarms-watched.ts'

interface Chart {
  readonly title: string
  readonly filter: string
  readonly aligner: string
  readonly reducer: string
  readonly by: string
}

/** In columns of 48, as the service counts them. */
const [WIDE, HIGH] = [24, 16]

/** One page: what serves, how fast, and all that an alarm watches. */
export function layDashboard(stack: SkyreelStack, watched: readonly Watched[]): void {
  const charts = [...trafficOf(stack), ...watched.map(alarmed)]
  const tiles = charts.map((chart, index) => ({
    xPos: (index % 2) * WIDE,
    yPos: Math.floor(index / 2) * HIGH,
    ...{ width: WIDE, height: HIGH },
    widget: { title: chart.title, xyChart: { dataSets: [dataSet(chart)] } },
  }))
  const board = { displayName: stack.place.prefix, mosaicLayout: { columns: 2 * WIDE, tiles } }
  new MonitoringDashboard(stack, 'dashboard', { dashboardJson: JSON.stringify(board) })
}

const dataSet = ({ filter, aligner, reducer, by }: Chart) => ({
  plotType: 'LINE',
  timeSeriesQuery: {
    timeSeriesFilter: {
      filter,
      aggregation: {
        alignmentPeriod: '60s',
        perSeriesAligner: aligner,
        crossSeriesReducer: reducer,
        groupByFields: [by],
      },
    },
  },
})

function trafficOf(stack: SkyreelStack): readonly Chart[] {
  const chart = (title: string, type: string, aligner: string, reducer: string): Chart => ({
    ...{ title, aligner, reducer, by: 'resource.labels.service_name' },
    filter: metric('cloud_run_revision', `run.googleapis.com/${type}`, ofServices(stack)),
  })
  return [
    chart('Requests', 'request_count', 'ALIGN_RATE', 'REDUCE_SUM'),
    chart('Latency, 95 of 100', 'request_latencies', 'ALIGN_DELTA', 'REDUCE_PERCENTILE_95'),
    chart('Instances', 'container/instance_count', 'ALIGN_MAX', 'REDUCE_SUM'),
    chart('Memory', 'container/memory/utilizations', 'ALIGN_DELTA', 'REDUCE_PERCENTILE_99'),
  ]
}

const alarmed = ({ title, seen: { filter, by, aligner, reducer } }: Watched): Chart => ({
  ...{ filter, by, aligner, reducer },
  title: `Alarm: ${title}`,
})
