import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { findEngine } from '../../adapters/ffmpeg/engine.ts'
import { openLog } from '../../adapters/node/log.ts'
import { cronFunctions, onFunctions } from '../../functions/entry/manifests.ts'
import { runSchedules } from '../../functions/entry/schedule.ts'
import type { Cloud } from '../build/deployed.ts'
import { explain } from '../terminal.ts'
import type { CloudUnderTest, DeployedCloud } from './cloud.ts'
import { makeFilm } from './film.ts'
import { checkFrames } from './frames.ts'
import { openFront } from './front.ts'
import { type OpenGround, openGround } from './ground.ts'
import { type Logs, openLogs } from './logs.ts'
import { playMainLine } from './main-line.ts'
import type { ProtectedFilm } from './protected-line.ts'
import { openSteps, type Step, type Steps, type Telling } from './steps.ts'
import type { Quality } from './watch.ts'

/** What a run came to; `--json` prints exactly this. */
export interface Report {
  readonly cloud: Cloud
  readonly ok: boolean
  readonly steps: readonly Step[]
  /** `frames` of the source; every quality must have as many. */
  readonly film?: {
    readonly frames: number
    readonly seconds: number
    readonly qualities: readonly Quality[]
  }
  /** A second film, that was encrypted. */
  readonly encrypted?: ProtectedFilm
  /** Of the functions that took part: milliseconds to the first event, and most memory in use. */
  readonly processes?: readonly {
    readonly name: string
    readonly startMs?: number
    readonly peakMb?: number
  }[]
  /** Where it went wrong. */
  readonly fault?: string
  /** Last lines of each runtime, where it went wrong. */
  readonly logs?: Readonly<Record<string, readonly string[]>>
}

export interface RunOptions {
  /** Ends the run, which then puts away all that it has started. */
  readonly ending: AbortSignal
  readonly tell: Telling
  /** Folder of a whole build; one is made without. */
  readonly bundles?: string
}

type Outcome = Pick<Report, 'film' | 'encrypted' | 'processes'>

/** Deploys everything on stand-ins of one cloud and does the main job there. Throws only when `ending` is aborted. */
export async function runEndToEnd(cloud: CloudUnderTest, options: RunOptions): Promise<Report> {
  const logs = openLogs()
  const steps = openSteps(options.ending, options.tell)
  const stack = new AsyncDisposableStack()
  try {
    const outcome = await deployAndPlay(cloud, { ...options, logs, steps, stack })
    return { cloud: cloud.name, ok: true, steps: steps.done, ...outcome }
  } catch (error) {
    options.ending.throwIfAborted()
    return { cloud: cloud.name, ok: false, steps: steps.done, fault: explain(error), logs: logs.tails() }
  } finally {
    await stack.disposeAsync()
  }
}

interface Running extends RunOptions {
  readonly logs: Logs
  readonly steps: Steps
  readonly stack: AsyncDisposableStack
}

async function deployAndPlay(cloud: CloudUnderTest, at: Running): Promise<Outcome> {
  const { logs, steps, stack, bundles } = at
  const front = stack.use(await openFront(logs.collect('front')))
  const wish = { cloud: cloud.name, front, logs, steps, ...(bundles ? { bundles } : {}) }
  const ground = stack.use(await openGround(wish))
  const opening = cloud.open(ground)
  // Also where the step is given up before it is open.
  stack.defer(async () => (await opening.catch(() => undefined))?.[Symbol.asyncDispose]())
  const deployed = await steps.take(`start the services of ${cloud.name}`, 240, () => opening)
  await ground.built
  front.open(deployed.answer)
  const failedRuns = startSchedules(deployed, at)
  const engine = await findEngine()
  const film = await steps.take('make a film', 60, (signal) => makeFilm(engine, ground.folder, signal))
  const { folder } = ground
  const { qualities, encrypted } = await playMainLine({ origin: front.origin, film, engine, steps, folder })
  checkFrames(qualities, film.frames)
  await steps.take('find nothing given up', 30, () => checkNothingLost(deployed, ground, failedRuns))
  const { frames, seconds } = film
  return { film: { frames, seconds, qualities }, encrypted, processes: await processesOf(deployed) }
}

/** Sweeps every ten seconds, all others once. Answers the runs that have failed so far. */
function startSchedules(deployed: DeployedCloud, { logs, stack }: Running): readonly string[] {
  const failed: string[] = []
  const hear = logs.collect('schedules')
  const log = openLog({ level: 'warn', write: hear })
  const schedules = runSchedules(cronFunctions, { log }, async ({ name }) => {
    try {
      await deployed.fire(name)
    } catch (cause) {
      failed.push(`a run of ${name} has failed`)
      throw cause
    }
  })
  stack.defer(() => schedules.stop())
  return failed
}

async function checkNothingLost(
  deployed: DeployedCloud,
  { databaseUrl }: OpenGround,
  failedRuns: readonly string[],
): Promise<void> {
  const lost = [...(await deployed.givenUp()), ...unheard(deployed), ...(await deadLetters(databaseUrl))]
  const faults = [...failedRuns, ...lost]
  if (faults.length > 0) throw new Error(faults.join('; '))
}

/** Of the main line. */
const EVENTS: readonly string[] = ['storage.object.created', 'video.uploaded']

/** Sweeps find what an event has not brought: the film would be ready, though nobody had heard of it. */
function unheard(deployed: DeployedCloud): readonly string[] {
  const ran = new Set(deployed.processes().map(({ name }) => name))
  const silent = onFunctions.filter(({ name, type }) => EVENTS.includes(type) && !ran.has(name))
  return silent.map(({ name, type }) => `no ${type} has reached ${name}`)
}

async function deadLetters(databaseUrl: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ consumer: string; reason: string }>(
      'select consumer, reason from dead_letters',
    )
    return rows.map(({ consumer, reason }) => `${consumer} has a dead letter: ${reason}`)
  } finally {
    await client.end()
  }
}

async function processesOf(deployed: DeployedCloud): Promise<NonNullable<Report['processes']>> {
  return Promise.all(
    deployed.processes().map(async ({ name, pid, startMs }) => {
      const peakMb = await peakMemoryMb(pid)
      return {
        name,
        ...(startMs === undefined ? {} : { startMs: Math.round(startMs) }),
        ...(peakMb === undefined ? {} : { peakMb }),
      }
    }),
  )
}

/** Resident memory at its highest, which only Linux tells of another process. */
async function peakMemoryMb(pid: number): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]
  return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024)
}
