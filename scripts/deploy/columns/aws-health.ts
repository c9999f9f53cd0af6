import * as z from 'zod/mini'
import type { Place } from '../../../cdktf/shared/place.ts'
import type { Health, Query } from '../column.ts'
import { fromJson } from './answers.ts'
import { awsArgv, NO_PAGER } from './aws-command.ts'
import { type HealthWindow, seen } from './health-window.ts'
import { quoted, sh, together } from './pipes.ts'

/**
 * Of one version behind the alias. CloudWatch counts as an error only what Lambda sees fail: an answer of 500 is a success
 * to it, and so is a batch with failed items. Those write a line of level ERROR, so that lines count as well.
 */
export function awsHealth(place: Place, fn: string, of: HealthWindow): Query<Health> {
  const line = together({
    metrics: quoted(metrics(place, fn, of)),
    lines: quoted(errorLines(place, fn, of)),
  })
  return {
    command: { says: `read the health of version ${of.release} of ${fn}`, argv: sh(line), env: NO_PAGER },
    read: fromJson(`health of ${fn}`, (answer) => healthOf(answer, of.release)),
  }
}

/** Lambda sends its metrics once a minute, after the invocation has ended. */
const LATE_MINUTES = 2

/** CloudWatch has these three dimensions together only while the alias sends requests to two versions. */
function metrics(place: Place, fn: string, of: HealthWindow) {
  const { start, seconds } = seen(of, LATE_MINUTES)
  const Dimensions = [
    { Name: 'FunctionName', Value: fn },
    { Name: 'Resource', Value: `${fn}:live` },
    { Name: 'ExecutedVersion', Value: of.release },
  ]
  const query = (Id: string, MetricName: string, Stat: string) => ({
    Id,
    MetricStat: { Metric: { Namespace: 'AWS/Lambda', MetricName, Dimensions }, Period: seconds, Stat },
  })
  const queries = [
    query('requests', 'Invocations', 'Sum'),
    query('errors', 'Errors', 'Sum'),
    query('p95', 'Duration', 'p95'),
  ]
  return awsArgv(
    place,
    ...['cloudwatch', 'get-metric-data', '--metric-data-queries', JSON.stringify(queries)],
    ...['--start-time', start.toISOString(), '--end-time', of.now.toISOString()],
    ...['--output', 'json'],
  )
}

function errorLines(place: Place, fn: string, of: HealthWindow) {
  const { start } = seen(of, LATE_MINUTES)
  return awsArgv(
    place,
    ...['logs', 'filter-log-events', '--log-group-name', `/aws/lambda/${fn}`],
    ...['--start-time', `${start.getTime()}`, '--end-time', `${of.now.getTime()}`],
    ...['--filter-pattern', '{ $.level = "ERROR" }', '--query', 'events[].logStreamName', '--output', 'json'],
  )
}

const Answer = z.object({
  metrics: z.object({
    MetricDataResults: z.array(z.object({ Id: z.string(), Values: z.array(z.number()) })),
  }),
  /** `null` where there is no event to pick the name from. */
  lines: z.nullable(z.array(z.string())),
})

function healthOf(answer: unknown, version: string): Health {
  const { metrics, lines } = Answer.parse(answer)
  const values = (id: string) =>
    metrics.MetricDataResults.flatMap(({ Id, Values }) => (Id === id ? Values : []))
  // The version is a part of a stream's name: 2026/11/20/[7]0f1e2d.
  const written = (lines ?? []).filter((stream) => stream.includes(`[${version}]`)).length
  return {
    requests: sum(values('requests')),
    errors: Math.max(sum(values('errors')), written),
    p95Ms: Math.max(0, ...values('p95')),
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
