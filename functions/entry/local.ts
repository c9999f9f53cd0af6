import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Engine } from '../../adapters/ffmpeg/engine.ts'
import { migrate } from '../../adapters/local/database.ts'
import { type LocalColumn, openLocalPorts } from '../../adapters/local/ports.ts'
import { startPostgres } from '../../adapters/local/postgres-server.ts'
import { localSchedule } from '../../adapters/local/schedule.ts'
import { openLocalSecrets } from '../../adapters/local/secrets.ts'
import { serve } from '../../adapters/node/http.ts'
import { openIds } from '../../adapters/node/ids.ts'
import { seedPlans } from '../../core/billing/seed-plans.ts'
import { problemResponse } from '../../core/http/problem.ts'
import type { Ports } from '../../core/ports/ports.ts'
import type { Config } from '../../core/run/config.ts'
import { scheduledOf } from '../../core/run/consume.ts'
import type { Log } from '../../core/run/log.ts'
import { readConfig } from './config.ts'
import { openLocalBilling } from './local-billing.ts'
import { openRequests, type Requests, subscribers } from './local-wiring.ts'
import { cronFunctions, jobFunctions, onFunctions } from './manifests.ts'
import { runSchedules } from './schedule.ts'

export interface PlatformOptions {
  /** Folder of database, objects, secrets and scratch space. */
  readonly home: string
  /** 0 takes a free one. */
  readonly port: number
  readonly log: Log
  /** Any PostgreSQL 15 or later; without it an embedded one is started under `home`. */
  readonly databaseUrl?: string
  /** Built pages, served at `/`. */
  readonly pagesFolder?: string
  /** Found when left out. */
  readonly engine?: Engine
  readonly config?: Partial<Config>
  /** Of Stripe itself; STRIPE_API_KEY when left out, and without either the local Stripe server. */
  readonly stripeKey?: string
  /** Makes the default plans at the local Stripe server where it has none. */
  readonly seedPlans?: boolean
}

export interface Platform {
  readonly origin: string
  readonly ports: Ports
  /** Finishes what is under way, gives units of work back and stops the database. */
  stop(): Promise<void>
}

/** Runs every function of the project in this process, with the local column under it. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const stack = new AsyncDisposableStack()
  try {
    const { origin, ports } = await assemble(options, stack)
    return { origin, ports, stop: () => stack.disposeAsync() }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

/** What is put on the stack last is stopped first: requests, then schedules, then jobs and events, then the database. */
async function assemble(
  options: PlatformOptions,
  stack: AsyncDisposableStack,
): Promise<{ origin: string; ports: Ports }> {
  const config = { ...readConfig(process.env, availableParallelism()), ...options.config }
  const databaseUrl = await openDatabase(options, stack)
  const door = await openDoor(options)
  // For a start that fails from here on; the stop of one that succeeds comes to it sooner.
  stack.defer(() => door.stop())
  const origin = `http://localhost:${door.port}`
  const stopping = new AbortController()
  const billing = await openLocalBilling(billingOptions(options, origin), stack)
  const column = await openLocalPorts({
    home: options.home,
    databaseUrl,
    origin,
    log: options.log,
    config: { ...config, ...(billing.stripeApi ? { stripeApi: billing.stripeApi } : {}) },
    givenSecrets: billing.given,
    jobRunner: jobRunner(options, { databaseUrl, origin, config }),
    subscribers: (ports) => subscribers(ports, options.log, stopping.signal),
    consumers: onFunctions.map((fn) => fn.name),
  })
  stack.defer(() => column.close())
  stack.defer(takeUpEvents(column, options.log))
  const { ids } = column.ports
  const schedules = runSchedules(cronFunctions, { log: options.log }, (fn) =>
    localSchedule(scheduledOf(fn, column.ports), { log: options.log, ids, stop: stopping.signal }),
  )
  stack.defer(() => schedules.stop())
  stack.defer(() => stopping.abort(new Error('the platform stops')))
  const requests = openRequests(column, options.pagesFolder)
  stack.defer(() => requests.flush(options))
  // Before that: what is counted must not grow any more.
  stack.defer(() => door.stop())
  door.open(requests)
  // After the door: their webhooks come through it.
  if (options.seedPlans && billing.stripeApi) await seedPlans(column.ports.payments.of('stripe'))
  return { origin, ports: column.ports }
}

/** Next to the platform's own port, so that the pages of a Checkout outlive a restart. */
function billingOptions(
  { home, port, log, stripeKey = process.env.STRIPE_API_KEY }: PlatformOptions,
  origin: string,
) {
  const secrets = openLocalSecrets(join(home, 'secrets'))
  const env = { ...process.env, STRIPE_API_KEY: stripeKey }
  return { home, origin, log, secrets, env, port: port === 0 ? 0 : port + 1 }
}

const LOOK_MS = 2000

/** Events that other processes of this machine left: a script that replays, a job that was killed before it could tell. */
function takeUpEvents({ bus }: LocalColumn, log: Log): () => void {
  const look = () => void bus.look().catch((error: unknown) => log.error('events wait', { error }))
  const timer = setInterval(look, LOOK_MS)
  return () => clearInterval(timer)
}

async function openDatabase(
  { databaseUrl, home, log }: PlatformOptions,
  stack: AsyncDisposableStack,
): Promise<string> {
  if (databaseUrl !== undefined) {
    await migrate(databaseUrl)
    return databaseUrl
  }
  const server = await startPostgres({ folder: join(home, 'postgres'), log })
  stack.defer(() => server.stop())
  await migrate(server.url)
  return server.url
}

/** Listens before the column is there, because its URLs carry the port; who comes too early is told to try again. */
async function openDoor({ port, log }: PlatformOptions) {
  let requests: Requests | undefined
  const early = problemResponse(
    {
      status: 503,
      code: 'starting',
      title: 'Starting',
      detail: 'Try again in a moment.',
      headers: { 'retry-after': '1' },
    },
    '-',
  )
  const serving = await serve({
    port,
    ids: openIds(),
    log,
    handle: async (request, ctx) => requests?.handle(request, ctx) ?? early,
    raw: (request, ctx) => requests?.raw(request, ctx),
    bodyLimit: (method, path) => requests?.bodyLimit(method, path) ?? 0,
    timeoutSeconds: (method, path) => requests?.timeoutSeconds(method, path),
  })
  const open = (ready: Requests) => {
    requests = ready
  }
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= serving.stop()
    return stopped
  }
  return { port: serving.port, open, stop }
}

/** One film at a time: its units keep all cores busy. The job's process is told where everything is by one variable. */
function jobRunner(
  { home, engine }: PlatformOptions,
  { databaseUrl, origin, config }: { databaseUrl: string; origin: string; config: Partial<Config> },
) {
  const told = { home, databaseUrl, origin, engine, config }
  return {
    command: process.execPath,
    args: [fileURLToPath(new URL('./job.ts', import.meta.url))],
    env: { ...process.env, SKYREEL_JOB: JSON.stringify(told) },
    slots: 1,
    memoryMb: 512,
    timeoutMinutes: Object.fromEntries(jobFunctions.map((fn) => [fn.job, fn.timeoutMinutes])),
  }
}
