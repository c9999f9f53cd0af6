import { join } from 'node:path'
import { type Engine, findEngine } from '../../adapters/ffmpeg/engine.ts'
import { openMedia } from '../../adapters/ffmpeg/media.ts'
import { removeAbandonedScratch } from '../../adapters/ffmpeg/scratch.ts'
import { endSignal } from '../../adapters/local/job-child.ts'
import { openLocalPorts } from '../../adapters/local/ports.ts'
import { backgroundContext } from '../../adapters/node/background-context.ts'
import { openLog } from '../../adapters/node/log.ts'
import type { Config } from '../../core/run/config.ts'
import type { JobFunction } from '../../core/run/function.ts'
import { jobFunctions } from './manifests.ts'

/** Written by the platform that starts this process: see local.ts. */
interface Told {
  readonly home: string
  readonly databaseUrl: string
  readonly origin: string
  readonly engine?: Engine
  readonly config: Partial<Config>
}

/** `job.ts <kind> <id> <input>`: runs one job and ends; status 0 when the job has no work left that it could do. */
async function main([kind, id, input]: readonly string[]): Promise<void> {
  const signal = endSignal()
  const log = openLog()
  const told = JSON.parse(process.env.SKYREEL_JOB ?? '') as Told
  const engine = told.engine ?? (await findEngine({}))
  const scratchFolder = join(told.home, 'scratch')
  await removeAbandonedScratch(scratchFolder)
  const media = openMedia({ engine, scratchFolder })
  const column = await openLocalPorts({ ...told, log, media })
  try {
    const ctx = backgroundContext({ ids: column.ports.ids, log, signal, fields: { function: kind, job: id } })
    await functionFor(kind).handler(JSON.parse(input ?? ''), column.ports, ctx)
    log.info('job ended', { job: id, peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024) })
  } finally {
    await column.close()
  }
}

function functionFor(kind: string | undefined): JobFunction {
  const found = jobFunctions.find((fn) => fn.job === kind)
  if (!found) throw new Error(`there is no job ${kind}`)
  return found
}

await main(process.argv.slice(2))
