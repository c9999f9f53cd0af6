import { availableParallelism } from 'node:os'
import { type Engine, findEngine } from '../../adapters/ffmpeg/engine.ts'
import { openMedia } from '../../adapters/ffmpeg/media.ts'
import { ownScratchFolder, removeAbandonedScratch } from '../../adapters/ffmpeg/scratch.ts'
import { endSignal } from '../../adapters/local/job-child.ts'
import { backgroundContext } from '../../adapters/node/background-context.ts'
import type { Media } from '../../core/ports/media.ts'
import type { Ports } from '../../core/ports/ports.ts'
import type { Config } from '../../core/run/config.ts'
import type { JobFunction } from '../../core/run/function.ts'
import type { Log } from '../../core/run/log.ts'
import { cloudConfig } from './cloud-config.ts'
import { logLevel } from './cloud-env.ts'
import { limitJob } from './job-limit.ts'

type Env = Readonly<Record<string, string | undefined>>

interface Column {
  openLog(): Log
  openPorts(options: { env: Env; log: Log; config: Config; media: Media }): {
    readonly ports: Ports
    close(): Promise<void>
  }
}

/** One image serves three clouds; it loads the column that SKYREEL_CLOUD names and no other. */
const COLUMNS = {
  aws: async (env: Env): Promise<Column> => {
    const [{ openAwsLog }, { openAwsPorts }] = await Promise.all([
      import('../../adapters/aws/log.ts'),
      import('../../adapters/aws/ports.ts'),
    ])
    return { openLog: () => openAwsLog({ service: 'job', level: logLevel(env) }), openPorts: openAwsPorts }
  },
  gcp: async (env: Env): Promise<Column> => {
    const [{ openGcpLog }, { openGcpPorts }] = await Promise.all([
      import('../../adapters/gcp/log.ts'),
      import('../../adapters/gcp/ports.ts'),
    ])
    const projectId = env.SKYREEL_GCP_PROJECT
    const options = { service: 'job', level: logLevel(env), ...(projectId ? { projectId } : {}) }
    return { openLog: () => openGcpLog(options), openPorts: openGcpPorts }
  },
  azure: async (env: Env): Promise<Column> => {
    const [{ openAzureLog }, { openAzurePorts }] = await Promise.all([
      import('../../adapters/azure/log.ts'),
      import('../../adapters/azure/ports.ts'),
    ])
    return { openLog: () => openAzureLog({ level: logLevel(env) }), openPorts: openAzurePorts }
  },
} as const

/**
 * Runs the one job that JOB_KIND, JOB_ID and JOB_INPUT (JSON) name. The process then ends with status 0 when no work is
 * left that it could do, and with 1 when it failed. SIGTERM and the end of its time abort the job, which gives back what
 * it holds.
 */
export async function runJob(functions: readonly JobFunction[], env: Env): Promise<void> {
  const end = endSignal()
  const { kind, id, input } = told(env)
  const job = functionFor(functions, kind)
  const signal = limitJob(end, { minutes: job.timeoutMinutes })
  const column = await columnOf(env)(env)
  const log = column.openLog()
  const media = await openTools()
  const { ports, close } = column.openPorts({
    env,
    log,
    config: cloudConfig(env, availableParallelism()),
    media,
  })
  const ctx = backgroundContext({ ids: ports.ids, log, signal, fields: { function: kind, job: id } })
  try {
    await job.handler(input as never, ports, ctx)
    ctx.log.info('job ended', { peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024) })
  } catch (error) {
    ctx.log.error('job failed', { error })
    process.exitCode = 1
  } finally {
    await close()
  }
}

function told({ JOB_KIND: kind, JOB_ID: id, JOB_INPUT: input }: Env) {
  if (!kind || !id || !input) throw new Error('JOB_KIND, JOB_ID and JOB_INPUT say what is to be done')
  return { kind, id, input: JSON.parse(input) as unknown }
}

function columnOf(env: Env): (env: Env) => Promise<Column> {
  const cloud = env.SKYREEL_CLOUD ?? ''
  if (Object.hasOwn(COLUMNS, cloud)) return COLUMNS[cloud as keyof typeof COLUMNS]
  throw new Error(`SKYREEL_CLOUD is one of ${Object.keys(COLUMNS).join(', ')}, not ${JSON.stringify(cloud)}`)
}

/** The image holds the native tools; its root may be read-only, so that the temporary folder is all that is written. */
async function openTools(): Promise<Media> {
  const scratchFolder = ownScratchFolder('skyreel')
  await removeAbandonedScratch(scratchFolder)
  return openMedia({ engine: await nativeEngine(), scratchFolder })
}

/** The WebAssembly engine, which stands in elsewhere, is not in the image: it would take hours for a film. */
async function nativeEngine(): Promise<Engine> {
  try {
    return await findEngine()
  } catch (cause) {
    throw new Error('this container holds no ffmpeg and ffprobe that can be used', { cause })
  }
}

function functionFor(functions: readonly JobFunction[], kind: string): JobFunction {
  const found = functions.find((fn) => fn.job === kind)
  if (!found) throw new Error(`there is no job ${kind}`)
  return found
}
