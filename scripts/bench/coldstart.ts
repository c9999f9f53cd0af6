import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lambdaRuntimeMissing } from '../../adapters/aws/testing/lambda-runtime.ts'
import { CLOUDS, type Cloud } from '../build/deployed.ts'
import { getCloudRuntimes } from '../cloud-runtimes.ts'
import { writeBundles } from './coldstart-bundles.ts'
import { type Asked, startOnce } from './coldstart-runtimes.ts'
import { HELLO } from './peers/hello.ts'
import { signatureOf } from './peers/payment-webhook.ts'
import { type BenchReport, figures, rounded, thisMachine } from './report.ts'

const ROUNDS = 15

/**
 * The start of a process to its first answer, under the runtime that each platform uses: our functions and those of
 * other frameworks over the smallest function of the platform. `argument` is the number of rounds, 15 by default.
 */
export async function benchColdStart(say: (line: string) => void, argument?: string): Promise<BenchReport> {
  const rounds = Number(argument ?? ROUNDS)
  const lambdaMissing = (await getCloudRuntimes(say)) ?? lambdaRuntimeMissing()
  const subjects = SUBJECTS.filter(({ cloud }) => cloud !== 'aws' || lambdaMissing === undefined)
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-bench-'))
  const found = figures()
  try {
    say('bundling ...')
    await writeBundles(folder)
    // The first round reads everything from disk once, and is not counted.
    for (let round = 0; round <= rounds; round++) {
      for (const { cloud, name, bundle, asked } of inTurn(subjects, round)) {
        const { milliseconds } = await startOnce(cloud, { folder, name: bundle }, asked)
        if (round > 0) found.add(name, cloud, 'ms', milliseconds)
      }
      say(`round ${round}/${rounds}`)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return reportOf(found, rounds, lambdaMissing)
}

/** Each round begins with another, so that none stands always behind the same neighbour. */
const inTurn = <T>(all: readonly T[], round: number): readonly T[] => {
  const at = round % all.length
  return [...all.slice(at), ...all.slice(0, at)]
}

const WEBHOOK_BODY = JSON.stringify({ id: 'evt_1', type: 'invoice.paid', data: { object: { id: 'in_1' } } })
const WEBHOOK_TIME = '1767323045'
const HELLO_ASKED: Asked = { method: 'GET', path: '/hello', status: 200 }

/** Each answers without a database, and the same each time. Playback is a part of video-api, no function of its own. */
const OURS = {
  'video-api': { bundle: 'video-api', asked: { method: 'POST', path: '/v1/videos', status: 401 } },
  playback: {
    bundle: 'video-api',
    asked: { method: 'GET', path: '/v1/videos/vid_none/playback', status: 404 },
  },
  'payment-webhook': {
    bundle: 'payment-webhook',
    asked: {
      ...{ method: 'POST', path: '/v1/webhooks/payments', status: 204, body: WEBHOOK_BODY },
      headers: {
        'content-type': 'application/json',
        'stripe-signature': `t=${WEBHOOK_TIME},v1=${signatureOf(WEBHOOK_TIME, Buffer.from(WEBHOOK_BODY))}`,
      },
    },
  },
} as const satisfies Readonly<Record<string, { bundle: string; asked: Asked }>>

interface Subject {
  readonly cloud: Cloud
  readonly name: string
  readonly bundle: string
  readonly asked: Asked
}

const SUBJECTS: readonly Subject[] = [
  ...CLOUDS.flatMap((cloud) => [
    { cloud, name: 'empty', bundle: 'empty', asked: HELLO_ASKED },
    ...Object.entries(OURS).map(([name, how]) => ({ cloud, name, ...how })),
  ]),
  ...Object.keys(HELLO).map((name) => ({ cloud: 'aws' as const, name, bundle: name, asked: HELLO_ASKED })),
]

function reportOf(
  found: ReturnType<typeof figures>,
  rounds: number,
  lambdaMissing: string | undefined,
): BenchReport {
  const clouds = CLOUDS.filter((cloud) => cloud !== 'aws' || lambdaMissing === undefined)
  const over = (name: string, cloud: Cloud) =>
    rounded(found.median(name, cloud) / found.median('empty', cloud))
  const ours = clouds.flatMap((cloud) =>
    Object.keys(OURS).map((name) => [`${name} on ${cloud}`, over(name, cloud)] as const),
  )
  const spread = clouds.map((cloud) => {
    const [one, other] = [found.median('video-api', cloud), found.median('playback', cloud)]
    return Math.max(one, other) / Math.min(one, other)
  })
  const theirs = lambdaMissing
    ? []
    : Object.keys(HELLO).map((name) => [`${name} on aws`, over(name, 'aws')] as const)
  return {
    name: 'coldstart',
    machine: thisMachine(),
    runs: rounds,
    results: found.results(),
    ratios: {
      overEmpty: Math.max(...ours.map(([, ratio]) => ratio)),
      sameBundleSpread: rounded(Math.max(...spread)),
      ...Object.fromEntries([...ours, ...theirs]),
    },
    notes: [
      'From the start of the process to the first answer, which needs no database. Runtimes: aws-lambda-ric, functions-framework, and @azure/functions in a stand-in for its host.',
      'Playback is a route of video-api: the same bundle, another request. Where sameBundleSpread is above 1.1 something else ran meanwhile: measure again.',
      ...(lambdaMissing === undefined ? [] : [`AWS was left out: ${lambdaMissing}`]),
    ],
  }
}
