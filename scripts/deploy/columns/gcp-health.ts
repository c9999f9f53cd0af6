import * as z from 'zod/mini'
import type { Place } from '../../../cdktf/shared/place.ts'
import type { Health, Query } from '../column.ts'
import { fromJson } from './answers.ts'
import { NO_QUESTIONS } from './gcp-command.ts'
import { type HealthWindow, seen } from './health-window.ts'
import { quoted, sh, together } from './pipes.ts'

/**
 * Of one revision, by Cloud Monitoring's API: gcloud reads no time series. The token is asked for each time and goes to curl
 * by standard input, since every process may read another's arguments.
 */
export function gcpHealth(place: Place, service: string, of: HealthWindow): Query<Health> {
  const ask = (metric: string, aggregation: Readonly<Record<string, string>>) =>
    `${TOKEN} | ${quoted(request(place, service, of, metric, aggregation))}`
  const line = together({
    requests: ask('request_count', BY_CLASS),
    latencies: ask('request_latencies', P95),
  })
  return {
    command: {
      says: `read the health of the revision ${of.release}`,
      argv: sh(`token=$(gcloud auth print-access-token) && ${line}`),
      env: NO_QUESTIONS,
    },
    read: fromJson(`health of ${service}`, healthOf),
  }
}

/** https://docs.cloud.google.com/monitoring/api/v3/latency-n-retention: sampled each minute, and shown within four. */
const LATE_MINUTES = 4

const TOKEN = `printf 'Authorization: Bearer %s\\n' "$token"`

const BY_CLASS = {
  'aggregation.perSeriesAligner': 'ALIGN_DELTA',
  'aggregation.crossSeriesReducer': 'REDUCE_SUM',
  'aggregation.groupByFields': 'metric.label.response_code_class',
}
const P95 = {
  'aggregation.perSeriesAligner': 'ALIGN_DELTA',
  'aggregation.crossSeriesReducer': 'REDUCE_PERCENTILE_95',
}

function request(
  { environment }: Place,
  service: string,
  of: HealthWindow,
  metric: string,
  aggregation: Readonly<Record<string, string>>,
) {
  const { start, seconds } = seen(of, LATE_MINUTES)
  const filter = [
    ...[`metric.type = "run.googleapis.com/${metric}"`, `resource.type = "cloud_run_revision"`],
    ...[`resource.label.service_name = "${service}"`, `resource.label.revision_name = "${of.release}"`],
  ].join(' AND ')
  const query = {
    ...{ filter, 'aggregation.alignmentPeriod': `${seconds}s`, ...aggregation },
    'interval.startTime': start.toISOString(),
    'interval.endTime': of.now.toISOString(),
  }
  return [
    ...['curl', '--silent', '--show-error', '--fail', '--header', '@-', '--get'],
    ...Object.entries(query).flatMap(([name, value]) => ['--data-urlencode', `${name}=${value}`]),
    `https://monitoring.googleapis.com/v3/projects/${environment.gcp.projectId}/timeSeries`,
  ]
}

const Series = z.object({
  timeSeries: z.optional(
    z.array(
      z.object({
        metric: z.optional(z.object({ labels: z.optional(z.record(z.string(), z.string())) })),
        points: z.array(
          z.object({
            // Whole numbers of 64 bits come as text.
            value: z.object({ int64Value: z.optional(z.string()), doubleValue: z.optional(z.number()) }),
          }),
        ),
      }),
    ),
  ),
})
const Answer = z.object({ requests: Series, latencies: Series })

function healthOf(answer: unknown): Health {
  const { requests, latencies } = Answer.parse(answer)
  const counts = (requests.timeSeries ?? []).map(({ metric, points }) => ({
    failed: metric?.labels?.response_code_class === '5xx',
    sum: points.reduce((sum, { value }) => sum + Number(value.int64Value ?? value.doubleValue ?? 0), 0),
  }))
  const total = (of: typeof counts) => of.reduce((all, { sum }) => all + sum, 0)
  const slowest = (latencies.timeSeries ?? []).flatMap(({ points }) =>
    points.map(({ value }) => value.doubleValue ?? 0),
  )
  return {
    requests: total(counts),
    errors: total(counts.filter(({ failed }) => failed)),
    p95Ms: Math.max(0, ...slowest),
  }
}
