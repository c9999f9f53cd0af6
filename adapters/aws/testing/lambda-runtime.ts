import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { type Invoked, type LambdaError, openRuntimeApi, type RuntimeApi } from './lambda-api.ts'
import {
  end,
  type LambdaOptions,
  RIC,
  RIC_NATIVE,
  type Running,
  said,
  startProcess,
} from './lambda-process.ts'

/**
 * Why AWS's own runtime client cannot run here; it is compiled when it is installed, and so it is optional. Its native
 * part is looked for and not loaded: outside of Lambda it aborts the whole process.
 */
export function lambdaRuntimeMissing(): string | undefined {
  if (!existsSync(RIC)) return 'aws-lambda-ric is not installed under scripts/clouds'
  if (!existsSync(RIC_NATIVE)) return 'aws-lambda-ric has not been compiled'
  return undefined
}

export interface LambdaRuntime extends AsyncDisposable {
  /** One after the other, as on Lambda. Past its deadline (10 s by default) the process is killed, as on Lambda. */
  invoke(event: unknown, options?: { readonly deadlineMs?: number }): Promise<Invoked>
  /** What the function has written to standard output and error. */
  log(): string
  /** Of the process that runs now. */
  pid(): number | undefined
  /** Milliseconds from the start of the process to its first question for work. */
  readonly initMs: number
  stop(): Promise<void>
}

/** Starts the bundle under aws-lambda-ric. Rejects with the init error, or with what the process wrote before it ended. */
export async function openLambda(options: LambdaOptions): Promise<LambdaRuntime> {
  const sandbox = await openSandbox(options)
  const startedAt = performance.now()
  try {
    await sandbox.start()
  } catch (error) {
    await sandbox.stop()
    throw error
  }
  const initMs = performance.now() - startedAt
  let before: Promise<unknown> = Promise.resolve()
  const invoke: LambdaRuntime['invoke'] = (event, { deadlineMs = 10_000 } = {}) =>
    new Promise((settle, reject) => {
      before = before.then(() => sandbox.take({ event, deadlineMs, settle })).catch(reject)
    })
  const { stop, log, pid } = sandbox
  return { invoke, log, pid, initMs, stop, [Symbol.asyncDispose]: stop }
}

interface Sandbox extends Pick<LambdaRuntime, 'stop' | 'log' | 'pid'> {
  start(): Promise<void>
  /** Resolves when the runtime is free again. Starts another process where the one before is gone. */
  take(asked: Asked): Promise<void>
}

interface Asked {
  readonly event: unknown
  readonly deadlineMs: number
  settle(outcome: Invoked): void
}

async function openSandbox(options: LambdaOptions): Promise<Sandbox> {
  const written: string[] = []
  let running: Running | undefined
  const api = await openRuntimeApi({
    asks: () => running?.ready.resolve(),
    initError: (error) => running?.ready.reject(new Error(`init: ${said(error, written)}`)),
  })
  const start = async () => {
    running = startProcess(options, api, written)
    await within(INIT_MS, running.ready.promise, () => `the bundle's init\n${written.join('')}`)
    return running
  }
  const kill = async () => {
    if (running) await end(running.child)
    running = undefined
    api.reset()
  }
  return {
    start: async () => void (await start()),
    take: async (asked) => {
      const error = await give(asked, api, running ?? (await start()))
      if (!error) return
      await kill()
      asked.settle({ error })
    },
    stop: async () => {
      await kill()
      await api.close()
    },
    log: () => written.join(''),
    pid: () => running?.child.pid,
  }
}

/** Lambda allows ten seconds; a busy test machine gets more. */
const INIT_MS = 30_000
/** A function that answers at its deadline is still heard, on a busy machine too. */
const GRACE_MS = 1_000

/** Resolves when the runtime has said all of it, or with why it never will. */
async function give(
  { event, deadlineMs, settle }: Asked,
  api: RuntimeApi,
  { exited }: Running,
): Promise<LambdaError | undefined> {
  const over = Promise.withResolvers<undefined>()
  const turn = { id: randomUUID(), event, deadline: Date.now() + deadlineMs, settle }
  api.give({ ...turn, over: () => over.resolve(undefined) })
  const late = Promise.withResolvers<LambdaError>()
  const seconds = (deadlineMs / 1000).toFixed(2)
  const timedOut = { errorType: 'Sandbox.Timedout', errorMessage: `Task timed out after ${seconds} seconds` }
  const timer = setTimeout(() => late.resolve(timedOut), deadlineMs + GRACE_MS)
  return Promise.race([over.promise, exited, late.promise]).finally(() => clearTimeout(timer))
}

async function within<T>(ms: number, work: Promise<T>, what: () => string): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`waited ${ms} ms for ${what()}`)), ms)
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer))
}
