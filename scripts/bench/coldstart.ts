import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lambdaRuntimeMissing } from '../../adapters/aws/testing/lambda-runtime.ts'
import { CLOUDS, type Cloud } from '../build/deployed.ts'
import { deploymentEnv } from '../build/testing/deployment-env.ts'
import { getCloudRuntimes } from '../cloud-runtimes.ts'
import { writeBundles } from './coldstart-bundles.ts'
import { coldStartReport, WEBHOOK, type WITHOUT_OUTSIDE } from './coldstart-report.ts'
import { type Asked, startOnce } from './coldstart-runtimes.ts'
import { type Env, openStandIns, type StandIns } from './coldstart-stand-ins.ts'
import { mustBeKept, signedWebhook, WEBHOOK_SECRETS } from './coldstart-webhook.ts'
import { HELLO } from './peers/hello.ts'
import { type BenchReport, type Figures, figures } from './report.ts'

const ROUNDS = 15
const PEERS = Object.keys(HELLO)

/**
 * The start of a process to its first answer, under the runtime that each platform uses: our functions and those of
 * other frameworks over the smallest function of the platform. `argument` is the number of rounds, 15 by default.
 */
export async function benchColdStart(say: (line: string) => void, argument?: string): Promise<BenchReport> {
  const rounds = Number(argument ?? ROUNDS)
  const lambdaMissing = (await getCloudRuntimes(say)) ?? lambdaRuntimeMissing()
  const clouds = CLOUDS.filter((cloud) => cloud !== 'aws' || lambdaMissing === undefined)
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-bench-'))
  const found = figures()
  try {
    say('bundling ...')
    await writeBundles(folder)
    await using standIns = await openStandIns(WEBHOOK_SECRETS)
    const subjects = subjectsOn(clouds, standIns)
    // The first round reads everything from disk once, and is not counted.
    for (let round = 0; round <= rounds; round++) {
      await startAll(inTurn(subjects, round), folder, round > 0 ? found : figures())
      say(`round ${round}/${rounds}`)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return coldStartReport({ found, rounds, clouds, peers: PEERS, lambdaMissing })
}

async function startAll(subjects: readonly Subject[], folder: string, found: Figures): Promise<void> {
  for (const { cloud, name, bundle, env, ask } of subjects) {
    const { asked, check } = ask()
    const { milliseconds } = await startOnce(cloud, { folder, name: bundle, env }, asked)
    await check?.()
    found.add(name, cloud, 'ms', milliseconds)
  }
}

/** Each round begins with another, so that none stands always behind the same neighbour. */
const inTurn = <T>(all: readonly T[], round: number): readonly T[] => {
  const at = round % all.length
  return [...all.slice(at), ...all.slice(0, at)]
}

interface Subject {
  readonly cloud: Cloud
  readonly name: string
  readonly bundle: string
  readonly env: Env
  /** The request of one start, and what must be so after its answer. */
  ask(): { readonly asked: Asked; check?(): Promise<void> }
}

const HELLO_ASKED: Asked = { method: 'GET', path: '/hello', status: 200 }

interface Alone {
  readonly bundle: string
  readonly asked: Asked
}

/** Each answers the same each time. Uploads are a part of video-api, no function of their own. */
const ASKED_ALONE: { readonly [N in (typeof WITHOUT_OUTSIDE)[number]]: Alone } = {
  'video-api': { bundle: 'video-api', asked: { method: 'POST', path: '/v1/videos', status: 401 } },
  upload: { bundle: 'video-api', asked: { method: 'POST', path: '/v1/uploads', status: 401 } },
  'playback-api': {
    bundle: 'playback-api',
    asked: { method: 'GET', path: '/v1/playback/sessions', status: 401 },
  },
  // No JSON: refused before anything is asked of database and key service.
  'drm-license': {
    bundle: 'drm-license',
    asked: { method: 'POST', path: '/v1/license/clearkey', status: 400 },
  },
}

function subjectsOn(clouds: readonly Cloud[], standIns: StandIns): readonly Subject[] {
  const ours = Object.entries(ASKED_ALONE)
  return [
    ...clouds.flatMap((cloud) => [
      alone(cloud, 'empty', { bundle: 'empty', asked: HELLO_ASKED }),
      ...ours.map(([name, one]) => alone(cloud, name, one)),
      webhook(cloud, standIns),
    ]),
    ...PEERS.filter(() => clouds.includes('aws')).map((name) =>
      alone('aws', name, { bundle: name, asked: HELLO_ASKED }),
    ),
  ]
}

/** Needs nothing outside of the process; what it would ask is nowhere. */
const alone = (cloud: Cloud, name: string, { bundle, asked }: Alone): Subject => ({
  ...{ cloud, name, bundle, env: deploymentEnv[cloud] },
  ask: () => ({ asked }),
})

const webhook = (name: Cloud, { databaseUrl, clouds: { [name]: cloud } }: StandIns): Subject => ({
  ...{ cloud: name, name: WEBHOOK, bundle: WEBHOOK, env: cloud.env },
  ask: () => {
    const { eventId, asked } = signedWebhook(new Date())
    const before = cloud.told()
    return { asked, check: () => mustBeKept({ databaseUrl, cloud }, eventId, before) }
  },
})
