import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../../adapters/local/database.ts'
import { startPostgres } from '../../adapters/local/postgres-server.ts'
import { openLog } from '../../adapters/node/log.ts'
import { CHALLENGE, measureSigning } from './license-signing.ts'
import {
  CONNECTIONS,
  LICENSES_EACH,
  type LicenseAsked,
  openViewers,
  type Viewers,
} from './license-viewers.ts'
import { type BenchReport, type Figures, figures, rounded, thisMachine } from './report.ts'

const RUNS = 5
const VIEWERS = 20
const AT_ONCE = 16

type Say = (line: string) => void

/** Licences of Clear Key and Widevine through the whole function, and the signing of Widevine messages over bare node:crypto. */
export async function benchLicense(say: Say): Promise<BenchReport> {
  const home = await mkdtemp(join(tmpdir(), 'skyreel-bench-'))
  // For root: PostgreSQL runs as another user, who must be able to enter.
  await chmod(home, 0o755)
  const postgres = await startPostgres({
    folder: join(home, 'bench-postgres'),
    log: openLog({ level: 'warn' }),
  })
  try {
    await migrate(postgres.url)
    await using viewers = await openViewers(postgres.url, home)
    return await measure(viewers, say)
  } finally {
    await postgres.stop()
    await rm(postgres.clusterFolder, { recursive: true, force: true })
    await rm(home, { recursive: true, force: true })
  }
}

async function measure(viewers: Viewers, say: Say): Promise<BenchReport> {
  const found = figures()
  for (let run = 0; run <= RUNS; run++) {
    const signing = measureSigning()
    const clearkey = await licenses(viewers, '/v1/license/clearkey', clearKeyBody(viewers))
    const widevine = await licenses(viewers, '/v1/license/widevine', CHALLENGE)
    const times = (signing.oursMicros / signing.bareMicros).toFixed(2)
    say(
      `run ${run}/${RUNS}: Clear Key ${Math.round(clearkey.perSecond)}/s, Widevine ${Math.round(widevine.perSecond)}/s, signing ${times} x bare`,
    )
    // The first round warms up: compilers, caches and connections.
    if (run === 0) continue
    addAll(found, { signing, clearkey, widevine })
  }
  return reportOf(found)
}

interface Round {
  readonly signing: ReturnType<typeof measureSigning>
  readonly clearkey: Timed
  readonly widevine: Timed
}

function addAll(found: Figures, { signing, clearkey, widevine }: Round): void {
  found.add('skyreel', 'Clear Key', 'licences/s', clearkey.perSecond)
  found.add('skyreel', 'Clear Key, p99', 'ms', clearkey.p99Ms)
  found.add('skyreel', 'Widevine', 'licences/s', widevine.perSecond)
  found.add('skyreel', 'Widevine, p99', 'ms', widevine.p99Ms)
  found.add('skyreel', 'closed for lack of time', 'of both', clearkey.closed + widevine.closed)
  found.add('skyreel', 'Widevine message made and signed', 'messages/s of CPU', 1e6 / signing.oursMicros)
  found.add('skyreel', 'Widevine message made and signed, p99', 'ms', signing.oursP99Ms)
  found.add('bare node:crypto', 'Widevine message signed', 'messages/s of CPU', 1e6 / signing.bareMicros)
  found.add('bare node:crypto', 'with the key made ready', 'messages/s of CPU', 1e6 / signing.readyMicros)
  found.add(
    'skyreel',
    'signing over bare with the key ready',
    'times',
    signing.oursMicros / signing.readyMicros,
  )
  found.add('skyreel', 'signing over bare', 'times', signing.oursMicros / signing.bareMicros)
}

function reportOf(found: Figures): BenchReport {
  return {
    name: 'license',
    machine: thisMachine(),
    runs: RUNS,
    results: found.results(),
    ratios: {
      overCrypto: rounded(found.median('skyreel', 'signing over bare')),
      overReadyCrypto: rounded(found.median('skyreel', 'signing over bare with the key ready')),
    },
    notes: [
      `${VIEWERS * LICENSES_EACH} licences a run, of ${VIEWERS} viewers with a session each, ${AT_ONCE} at once, ${CONNECTIONS} connections; router, whole decision with its row in the audit (committed with fsync, as PostgreSQL comes), keys unwrapped by a local key. Without HTTP.`,
      'A decision that takes more than two seconds is closed; any of those and something else ran meanwhile: measure again.',
      'Widevine: the licence service answers at once, in the process; its network comes on top.',
      `overCrypto: keys and policy written as JSON, put around a challenge of ${CHALLENGE.length} bytes, signed and put into the envelope, over SHA-1, AES-256-CBC and base64 of an equal message by node:crypto with the key as bytes, which takes it 14 of its µs. overReadyCrypto: the same over a key object that is made once; what is left is mostly the writing of JSON. CPU of each, in turn, 500 at a time; the median of the runs.`,
    ],
  }
}

function clearKeyBody({ film }: Viewers): Uint8Array {
  const kids = (['AUDIO', 'SD', 'HD'] as const).map((label) =>
    Buffer.from(film.key(label).keyId, 'hex').toString('base64url'),
  )
  return Buffer.from(JSON.stringify({ kids, type: 'temporary' }))
}

async function licenses(viewers: Viewers, path: string, body: Uint8Array): Promise<Timed> {
  const tokens = await viewers.open(VIEWERS)
  const asked = Array.from({ length: LICENSES_EACH }, () => tokens.map((token) => ({ path, token, body })))
  return timed(asked.flat(), viewers.ask)
}

interface Timed {
  /** Of those that were answered. */
  readonly perSecond: number
  readonly closed: number
  readonly p99Ms: number
}

/** Works through a list, some at once. */
async function timed(items: readonly LicenseAsked[], work: Viewers['ask']): Promise<Timed> {
  const took: number[] = []
  let [next, closed] = [0, 0]
  const worker = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) {
      const begin = performance.now()
      if (!(await work(item))) closed++
      took.push(performance.now() - begin)
    }
  }
  const begin = performance.now()
  const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker))
  for (const one of ended) if (one.status === 'rejected') throw one.reason
  const perSecond = ((items.length - closed) * 1000) / (performance.now() - begin)
  took.sort((a, b) => a - b)
  return { perSecond, closed, p99Ms: took[Math.floor(took.length * 0.99)] ?? 0 }
}
