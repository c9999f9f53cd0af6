import { type ChildProcess, fork } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FromHost, HostLine, Invocation, Outcome, Ready, ToHost } from './functions-host-wire.ts'

export interface FunctionsHostOptions {
  /** What is deployed: `package.json` whose `main` is the app, and `host.json` with the route prefix. */
  readonly bundleFolder: string
  /** All that the app sees, beside `PATH`. */
  readonly env?: Readonly<Record<string, string>>
  /** How long one invocation may take, in milliseconds; 30 s by default. */
  readonly patienceMs?: number
}

/** A function app under the real `@azure/functions`, in a process of its own, which ends with the test's. */
export interface FunctionsHost extends AsyncDisposable, Omit<Ready, 'port'> {
  /** Without a slash at its end and without the route prefix. */
  readonly url: string
  readonly pid: number
  /** Calls a function as its trigger would. What it throws is in the outcome. */
  invoke(invocation: Invocation): Promise<Outcome>
  /** All lines so far. */
  readonly lines: readonly HostLine[]
  /** What the app wrote to its standard outputs so far. */
  output(): string
  stop(): Promise<void>
}

const START_MS = 20_000
const STOP_MS = 5_000

/** Starts the app. Rejects with what it wrote when it does not come up. */
export async function openFunctionsHost(options: FunctionsHostOptions): Promise<FunctionsHost> {
  const { entry, prefix } = await readBundle(options.bundleFolder)
  const child = fork(join(import.meta.dirname, 'functions-host-app.ts'), [entry, prefix], {
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { PATH: process.env.PATH, FUNCTIONS_WORKER_RUNTIME: 'node', ...options.env },
    execArgv: [],
  })
  const told = listen(child)
  const stop = () => end(child)
  try {
    const ready = await within(START_MS, told.ready, () => `the app to start${told.output()}`)
    return hostOf(child, { ready, told, stop, patienceMs: options.patienceMs ?? 30_000 })
  } catch (error) {
    await stop()
    throw error
  }
}

async function readBundle(folder: string): Promise<{ entry: string; prefix: string }> {
  const { main } = await readJson<{ main?: string }>(join(folder, 'package.json'))
  const host = await readJson<{ extensions?: { http?: { routePrefix?: string } } }>(join(folder, 'host.json'))
  if (main === undefined) throw new Error(`${folder}/package.json names no main`)
  const entry = pathToFileURL(join(folder, main)).href
  return { entry, prefix: host.extensions?.http?.routePrefix ?? 'api' }
}

const readJson = async <T>(file: string): Promise<T> => JSON.parse(await readFile(file, 'utf8')) as T

interface Told {
  readonly ready: Promise<Ready>
  readonly lines: HostLine[]
  readonly outcomes: Map<number, (outcome: Outcome) => void>
  readonly ended: Promise<never>
  output(): string
}

function listen(child: ChildProcess): Told {
  const ready = Promise.withResolvers<Ready>()
  const ended = Promise.withResolvers<never>()
  const lines: HostLine[] = []
  const outcomes: Told['outcomes'] = new Map()
  let written = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      written += text
    })
  const output = () => (written === '' ? '' : `; it wrote:\n${written}`)
  child.on('message', (message: FromHost) => {
    if (message.is === 'line') lines.push(message.line)
    else if (message.is === 'ready') ready.resolve(message.ready)
    else if (message.is === 'outcome') outcomes.get(message.call)?.(message.outcome)
    else ready.reject(new Error(`the app could not be loaded: ${message.error.stack}${output()}`))
  })
  child.once('error', ended.reject)
  child.once('close', (code, signal) =>
    ended.reject(new Error(`the app ended (${code ?? signal})${output()}`)),
  )
  ended.promise.catch(ready.reject)
  ready.promise.catch(() => undefined)
  return { ready: ready.promise, ended: ended.promise, lines, outcomes, output }
}

interface Open {
  readonly ready: Ready
  readonly told: Told
  readonly stop: () => Promise<void>
  readonly patienceMs: number
}

function hostOf(child: ChildProcess, { ready, told, stop, patienceMs }: Open): FunctionsHost {
  let calls = 0
  const invoke = async (invocation: Invocation): Promise<Outcome> => {
    const call = ++calls
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    told.outcomes.set(call, resolve)
    child.send({ is: 'invoke', call, invocation } satisfies ToHost)
    const outcome = Promise.race([promise, told.ended])
    return within(patienceMs, outcome, () => `${invocation.name} to end${told.output()}`)
  }
  return {
    ...{ url: `http://127.0.0.1:${ready.port}`, functions: ready.functions, streaming: ready.streaming },
    ...{ pid: child.pid ?? 0, lines: told.lines, output: told.output, invoke, stop },
    [Symbol.asyncDispose]: stop,
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  if (child.connected) child.send({ is: 'stop' } satisfies ToHost)
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await closed
  clearTimeout(timer)
}

async function within<T>(ms: number, work: Promise<T>, what: () => string): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`waited ${ms} ms for ${what()}`)), ms)
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer))
}
