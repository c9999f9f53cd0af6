import type { Cloud } from '../build/deployed.ts'
import { type BenchReport, type Figures, rounded, thisMachine } from './report.ts'

/** Requests of ours whose answer needs nothing outside of the process, as the empty function's. */
export const WITHOUT_OUTSIDE = ['video-api', 'upload', 'playback-api', 'drm-license'] as const
/** Its answer needs secrets, the database and the bus. */
export const WEBHOOK = 'stripe-webhook'

/** Within this Stripe must have its answer, a cold start included. */
const ANSWER_MS = 2000

interface Measured {
  readonly found: Figures
  readonly rounds: number
  readonly clouds: readonly Cloud[]
  /** Other frameworks' functions, on AWS. */
  readonly peers: readonly string[]
  /** Why AWS was left out. */
  readonly lambdaMissing?: string | undefined
}

export function coldStartReport({ found, rounds, clouds, peers, lambdaMissing }: Measured): BenchReport {
  const over = (name: string, cloud: Cloud) =>
    rounded(found.median(name, cloud) / found.median('empty', cloud))
  const overEmpty = (names: readonly string[]) =>
    clouds.flatMap((cloud) => names.map((name) => [`${name} on ${cloud}`, over(name, cloud)] as const))
  const comparable = overEmpty(WITHOUT_OUTSIDE)
  const theirs = clouds.includes('aws') ? peers.map((name) => [`${name} on aws`, over(name, 'aws')]) : []
  const worst = Math.max(...clouds.map((cloud) => found.worst(WEBHOOK, cloud)))
  return {
    name: 'coldstart',
    machine: thisMachine(),
    runs: rounds,
    results: found.results().map((one) => ({ ...one, worst: rounded(found.worst(one.subject, one.case)) })),
    ratios: {
      webhookOverTwoSeconds: rounded(worst / ANSWER_MS),
      overEmpty: Math.max(...comparable.map(([, ratio]) => ratio)),
      sameBundleSpread: rounded(Math.max(...clouds.map((cloud) => spread(found, cloud)))),
      ...Object.fromEntries([...comparable, ...overEmpty([WEBHOOK]), ...theirs]),
    },
    notes: [...NOTES, ...(lambdaMissing === undefined ? [] : [`AWS was left out: ${lambdaMissing}`])],
  }
}

function spread(found: Figures, cloud: Cloud): number {
  const [one, other] = [found.median('video-api', cloud), found.median('upload', cloud)]
  return Math.max(one, other) / Math.min(one, other)
}

const NOTES = [
  'From the start of the process to the first whole answer. Runtimes: aws-lambda-ric, functions-framework, and @azure/functions in a stand-in for its host.',
  'stripe-webhook: a signed snapshot is verified, kept in PostgreSQL (looked up after each answer) and a worker is told. Secrets, database and bus answer from this machine without TLS: a region’s round trips come on top. webhookOverTwoSeconds is its slowest start on any cloud over the 2 s within which Stripe must have an answer.',
  'overEmpty is the highest of video-api, playback-api and drm-license (sign-in missing, or a licence request that is none), whose answers need nothing outside of the process; stripe-webhook is not in it, and has ratios of its own beside it.',
  'upload is a route of video-api: the same bundle, another request. Where sameBundleSpread is above 1.1 something else ran meanwhile: measure again.',
]
