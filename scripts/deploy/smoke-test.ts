import type { Cloud } from '../../cdktf/shared/environment.ts'
import { Refused } from './shell.ts'

export interface SmokeOptions {
  readonly origin: string
  readonly cloud: Cloud
  readonly fetch: typeof fetch
  readonly sleep: (ms: number) => Promise<void>
  readonly attempts?: number
}

interface Probe {
  readonly path: string
  readonly says: string
  /** What is wrong with the answer; `undefined` where nothing is. */
  wrong(answer: { status: number; type: string }): string | undefined
}

const is200 = ({ status }: { status: number }) => (status === 200 ? undefined : `answers ${status}`)

const PROBES: readonly Probe[] = [
  { path: '/healthz', says: 'the process is up', wrong: is200 },
  { path: '/readyz', says: 'database and migrations are there', wrong: is200 },
  {
    path: '/',
    says: 'the pages are there',
    wrong: (answer) =>
      is200(answer) ?? (answer.type.startsWith('text/html') ? undefined : `is ${answer.type}`),
  },
  {
    path: '/v1/there-is-no-such-path',
    says: 'an unknown path is a problem+json of ours',
    wrong: ({ status, type }) =>
      status === 404 && type.startsWith('application/problem+json')
        ? undefined
        : `answers ${status} as ${type}`,
  },
]

/**
 * Google's own front end answers /healthz with 404, and no service behind it is asked.
 * https://docs.cloud.google.com/run/docs/known-issues#ah
 */
export const probesOn = (cloud: Cloud): readonly Probe[] =>
  PROBES.filter(({ path }) => !(cloud === 'gcp' && path === '/healthz'))

/** A new host name, certificate or edge takes minutes to be known everywhere: 30 tries of 10 s are five. */
const ATTEMPTS = 30
const PAUSE_MS = 10_000

/** Asks the deployment as a client would. Throws `Refused` with every probe that never went well. */
export async function smokeTest(options: SmokeOptions): Promise<void> {
  const { origin, cloud, fetch, sleep, attempts = ATTEMPTS } = options
  let waiting = probesOn(cloud)
  let wrongs: string[] = []
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const said = await Promise.all(waiting.map((probe) => probed(probe, origin, fetch)))
    waiting = waiting.filter((_, at) => said[at] !== undefined)
    if (waiting.length === 0) return
    wrongs = said.filter((wrong) => wrong !== undefined)
    if (attempt < attempts) await sleep(PAUSE_MS)
  }
  throw new Refused(
    `the smoke test failed: ${wrongs.join('; ')}`,
    'The logs of the functions say why. Start the same command again to ask once more; another release begins anew.',
  )
}

async function probed(
  { path, wrong }: Probe,
  origin: string,
  fetch: SmokeOptions['fetch'],
): Promise<string | undefined> {
  try {
    const response = await fetch(origin + path, { signal: AbortSignal.timeout(15_000), redirect: 'manual' })
    const type = response.headers.get('content-type') ?? 'of no type'
    await response.arrayBuffer()
    const said = wrong({ status: response.status, type })
    return said === undefined ? undefined : `${path} ${said}`
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return `${path} does not answer (${cause instanceof Error ? cause.message : cause})`
  }
}
