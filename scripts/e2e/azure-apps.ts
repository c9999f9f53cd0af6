import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type FunctionsHost, openFunctionsHost } from '../../adapters/azure/testing/functions-host.ts'
import type { Invocation } from '../../adapters/azure/testing/functions-host-wire.ts'
import { isAlive } from '../../adapters/node/process.ts'
import type { DeployedCloud, Ground } from './cloud.ts'

/** What a bundle's `host.json` sets, as far as somebody here goes by it. */
export interface HostSettings {
  readonly functionTimeout: string
  readonly extensions: { readonly queues?: QueueSettings }
}

/** Durations as `hh:mm:ss`. */
export interface QueueSettings {
  readonly maxDequeueCount: number
  readonly visibilityTimeout: string
  readonly batchSize: number
}

/** The function apps, one for each function. */
export interface AzureApps extends AsyncDisposable, Pick<DeployedCloud, 'processes'> {
  /** Calls a function of the app as its trigger does. Rejects with what it threw. */
  invoke(app: string, invocation: Invocation): Promise<void>
  /** Of an app that runs; it is started where it does not. */
  running(name: string): Promise<RunningApp>
  /** Of an app with a queue trigger; of any other all is empty. */
  listenerOf(name: string): Promise<Listener>
  /** Of an app, whether or not it runs. */
  settings(name: string): Promise<HostSettings>
}

/** A queue trigger. */
export interface Listener {
  /** The function that it calls; of a reaction to the store there are two in the app. */
  readonly trigger: string
  /** The queue that the host listens to, as the function has registered it and the settings fill it in. */
  readonly queueName: string
}

export interface RunningApp {
  readonly host: FunctionsHost
  readonly listener: Listener
  readonly startMs: number
}

/** An app starts with its first event, as on a plan that scales to zero; `env` is asked for then. */
export function openAzureApps(ground: Ground, env: () => Readonly<Record<string, string>>): AzureApps {
  const starting = new Map<string, Promise<RunningApp>>()
  const up = new Map<string, RunningApp>()
  const ended: Promise<void>[] = []
  let closed = false
  const start = async (name: string) => {
    try {
      const app = await startApp(await ground.functionFolder(name), env())
      ground.logs.watch(name, () => printed(app.host))
      up.set(name, app)
      return app
    } catch (cause) {
      starting.delete(name)
      throw new Error(`${name} does not start`, { cause })
    }
  }
  // As the host does with a process that has ended, or sits longer than it waits: the next event gets a new one.
  const giveUp = (name: string, app: RunningApp) => {
    if (up.get(name) !== app) return
    up.delete(name)
    starting.delete(name)
    ended.push(app.host.stop())
  }
  const running = async (name: string): Promise<RunningApp> => {
    if (closed) throw new Error(`${name} is not started: the apps are closed`)
    const before = up.get(name)
    if (before && !isAlive(before.host.pid)) giveUp(name, before)
    const app = starting.get(name) ?? start(name)
    starting.set(name, app)
    return app
  }
  return {
    running,
    listenerOf: async (name) => (await running(name)).listener,
    settings: async (name) => settingsIn(await ground.functionFolder(name)),
    invoke: async (name, invocation) => {
      const app = await running(name)
      const { error } = await app.host.invoke(invocation).catch((cause: unknown) => {
        giveUp(name, app)
        throw cause
      })
      if (error) throw new Error(`${invocation.name}: ${error.name}: ${error.message}`)
    },
    processes: () => [...up].map(([name, { host, startMs }]) => ({ name, pid: host.pid, startMs })),
    [Symbol.asyncDispose]: async () => {
      closed = true
      await Promise.allSettled(starting.values())
      await Promise.all([...ended, ...[...up.values()].map(({ host }) => host.stop())])
    },
  }
}

async function startApp(bundleFolder: string, env: Readonly<Record<string, string>>): Promise<RunningApp> {
  const { functionTimeout } = await settingsIn(bundleFolder)
  const begun = performance.now()
  const host = await openFunctionsHost({ bundleFolder, env, patienceMs: seconds(functionTimeout) * 1000 })
  const startMs = performance.now() - begun
  return { host, startMs, listener: listenerIn(host, env) }
}

function listenerIn({ functions }: FunctionsHost, env: Readonly<Record<string, string>>): Listener {
  const found = functions.find(({ binding }) => binding.queueName !== undefined)
  const registered = String(found?.binding.queueName ?? '')
  const queueName = registered.replace(/%([^%]+)%/g, (_, setting: string) => env[setting] ?? '')
  return { trigger: found?.name ?? '', queueName }
}

const settingsIn = async (bundleFolder: string): Promise<HostSettings> =>
  JSON.parse(await readFile(join(bundleFolder, 'host.json'), 'utf8')) as HostSettings

/** Of `hh:mm:ss`. */
export const seconds = (clock: string): number =>
  clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)

/** What it wrote through its invocations, and past them. */
const printed = ({ lines, output }: FunctionsHost): string =>
  [...lines.map(({ message }) => message), output()].join('\n')
