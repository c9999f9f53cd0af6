import { openFunctionsFramework } from '../../adapters/gcp/testing/functions-framework.ts'
import { openServer, type Received, type Reply } from '../../adapters/gcp/testing/server.ts'
import { loadOnce } from '../../adapters/node/load-once.ts'
import type { FunctionProcess, Ground } from './cloud.ts'

export interface ServiceWish {
  /** Of the deployed function. */
  readonly name: string
  readonly signatureType: 'http' | 'cloudevent'
  readonly timeoutSeconds: number
  readonly env: Readonly<Record<string, string>>
  readonly ground: Ground
}

/** A function as Cloud Run has it: an address, and behind it an instance that the first request starts. */
export interface Service extends AsyncDisposable {
  readonly name: string
  /** Where Google's own services post to. */
  readonly origin: string
  /** Of the instance, which is started where none runs. Rejects with what it has printed when it does not come up. */
  port(): Promise<number>
  readonly running: () => FunctionProcess | undefined
}

/** On a machine that does other work as well; the platform gives an instance four minutes. */
const START_SECONDS = 60
/** For the answer that says that the function's own time is up. */
const ANSWER_SECONDS = 5

/** Nothing runs until the first request comes, and then one instance to the end. */
export async function openService(wish: ServiceWish): Promise<Service> {
  const { name, timeoutSeconds } = wish
  let running: FunctionProcess | undefined
  let starting: Promise<unknown> = Promise.resolve()
  const instances = new AsyncDisposableStack()
  const begin = async () => {
    const { opened, startMs } = await start(wish)
    instances.use(opened)
    running = { name, pid: opened.pid, startMs }
    return opened
  }
  const instance = loadOnce(() => {
    const begun = begin()
    starting = begun
    return begun
  })
  const hear = wish.ground.logs.collect(`before ${name}`)
  const server = await openServer(
    async (request) => passOn(await instance(), request, timeoutSeconds + ANSWER_SECONDS),
    (error) => hear(`${String(error)}\n`),
  )
  return {
    ...{ name, origin: server.origin },
    port: async () => Number(new URL((await instance()).origin).port),
    running: () => running,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      // One that comes up only now must end as well; why one did not, its caller has heard.
      await Promise.allSettled([starting])
      await instances.disposeAsync()
    },
  }
}

async function start({ name, signatureType, env, ground }: ServiceWish) {
  const bundleFolder = await ground.functionFolder(name)
  const begun = performance.now()
  const opened = await openFunctionsFramework({
    ...{ bundleFolder, target: name, signatureType, env, startSeconds: START_SECONDS },
  })
  ground.logs.watch(name, opened.output)
  return { opened, startMs: performance.now() - begun }
}

/** Of one connection alone, or made anew by the next sender. */
const OWN = new Set(['host', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'expect'])

/** What the platform posts, unchanged. */
async function passOn(
  { origin }: { readonly origin: string },
  { method, path, rawQuery, headers, body }: Received,
  limitSeconds: number,
): Promise<Reply> {
  const passed = Object.entries(headers).filter(([name]) => !OWN.has(name))
  const response = await fetch(`${origin}${path}${rawQuery === '' ? '' : `?${rawQuery}`}`, {
    method,
    headers: passed.map(([name, value]) => [name, String(value)]),
    ...(body.length > 0 ? { body: Uint8Array.from(body) } : {}),
    signal: AbortSignal.timeout(limitSeconds * 1000),
  })
  return { status: response.status, body: await response.bytes() }
}
