/** One thing to be told of: a metric over a bound. Each is charged, so that one watches all functions, or all queues. */
export interface Watched {
  readonly id: string
  readonly title: string
  /** What to do about it, in the mail. */
  readonly advice: string
  readonly severity: 'CRITICAL' | 'ERROR' | 'WARNING'
  readonly seen: Seen
}

/** What is looked at, and from where on it is too much. */
export interface Seen {
  readonly filter: string
  readonly above: number
  /** A field that one alarm tells apart: without it the mail says that something failed, not what. */
  readonly by: string
  readonly aligner: 'ALIGN_DELTA' | 'ALIGN_MAX'
  readonly reducer: 'REDUCE_SUM' | 'REDUCE_MAX'
}

type Over = Pick<Seen, 'filter' | 'above' | 'by'>

/** More events than `above` in five minutes. */
export const counted = (over: Over): Seen => ({ ...over, aligner: 'ALIGN_DELTA', reducer: 'REDUCE_SUM' })

/** A level that is above. */
export const level = (over: Over): Seen => ({ ...over, aligner: 'ALIGN_MAX', reducer: 'REDUCE_MAX' })

/** As an alert policy wants it. */
export const thresholdOf = ({ filter, above, by, aligner, reducer }: Seen) => ({
  filter,
  comparison: 'COMPARISON_GT',
  thresholdValue: above,
  duration: '0s',
  aggregations: [
    {
      alignmentPeriod: '300s',
      perSeriesAligner: aligner,
      crossSeriesReducer: reducer,
      groupByFields: [by],
    },
  ],
})

/** One of these values, in a filter of Cloud Monitoring. */
export const oneOf = (names: readonly string[]): string =>
  `one_of(${names.map((name) => JSON.stringify(name)).join(', ')})`

/** A metric of one kind of resource. */
export const metric = (resource: string, type: string, ...more: readonly string[]): string =>
  [`resource.type = "${resource}"`, `metric.type = "${type}"`, ...more].join(' AND ')
