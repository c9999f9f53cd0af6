/** Charts of a workbook, in the words of https://github.com/microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json */

const DAY = { durationMs: 86_400_000 }
/** Two beside each other. */
const HALF = { customWidth: '50' }

/** A question to the workspace, drawn over the time. */
export const logChart = (workspace: string, { title, query }: { title: string; query: string }) => ({
  ...{ type: 3, name: title, ...HALF },
  content: {
    ...{ version: 'KqlItem/1.0', title, query, size: 0, timeContext: DAY, visualization: 'timechart' },
    ...{ queryType: 0, resourceType: 'microsoft.operationalinsights/workspaces' },
    crossComponentResources: [workspace],
  },
})

/** As the portal numbers them. */
const [SUM, AVERAGE] = [1, 4]
const OF_EDGE = [
  { title: 'Edge: requests', metric: 'RequestCount', aggregation: SUM },
  { title: 'Edge: share of 5xx', metric: 'Percentage5XX', aggregation: AVERAGE },
  { title: 'Edge: milliseconds until the last byte', metric: 'TotalLatency', aggregation: AVERAGE },
  { title: 'Edge: share of bytes from its own store', metric: 'ByteHitRatio', aggregation: AVERAGE },
]

/** What Front Door counts by itself. */
export const edgeCharts = (edge: string) => OF_EDGE.map((chart) => edgeChart(edge, chart))

const edgeChart = (edge: string, { title, metric, aggregation }: (typeof OF_EDGE)[number]) => ({
  ...{ type: 10, name: title, ...HALF },
  content: {
    ...{ version: 'MetricsItem/2.0', chartId: metric, title, size: 0, chartType: 2, timeContext: DAY },
    ...{ resourceType: 'microsoft.cdn/profiles', metricScope: 0, resourceIds: [edge] },
    metrics: [
      { namespace: 'microsoft.cdn/profiles', metric: `microsoft.cdn/profiles--${metric}`, aggregation },
    ],
  },
})
