import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export interface FunctionsFrameworkOptions {
  /** What is deployed: a package.json `{"type": "module", "main": "index.mjs"}` and what it names. */
  readonly bundleFolder: string
  /** The name under which the function is registered or exported. */
  readonly target: string
  readonly signatureType: 'http' | 'cloudevent'
  readonly env?: Readonly<Record<string, string>>
  /** 30 by default. */
  readonly startSeconds?: number
}

export interface FunctionsFramework extends AsyncDisposable {
  readonly origin: string
  readonly pid: number
  /** One request with exact bytes; for an event, its POST. Rejects, with what the runtime printed, when none answers. */
  send(path: string, init?: RequestInit): Promise<Response>
  /** All that it has printed. */
  output(): string
  /** SIGTERM, as the platform does; SIGKILL after 5 s. */
  stop(): Promise<void>
}

const MAIN = fileURLToPath(new URL('main.js', import.meta.resolve('@google-cloud/functions-framework')))
const PORT_TELLER = fileURLToPath(new URL('functions-framework-port.ts', import.meta.url))

/**
 * Google's functions-framework as a process of its own over a bundle, on a free port. In production form: an error's
 * text stays in its output. Rejects with the output when the bundle cannot be loaded or the start takes too long.
 */
export async function openFunctionsFramework(
  options: FunctionsFrameworkOptions,
): Promise<FunctionsFramework> {
  const child = spawn(process.execPath, ['--import', PORT_TELLER, MAIN], {
    cwd: options.bundleFolder,
    env: environment(options),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (printed += text))
  const output = () => printed
  const stop = () => end(child)
  try {
    const port = await portOf(child, (options.startSeconds ?? 30) * 1000)
    const origin = `http://127.0.0.1:${port}`
    const send = (path: string, init?: RequestInit) => request(origin + path, init, output)
    return { origin, pid: child.pid ?? 0, send, output, stop, [Symbol.asyncDispose]: stop }
  } catch (cause) {
    await stop()
    const { message } = cause as Error
    throw new Error(`functions-framework with ${options.target}: ${message}\n${printed}`, { cause })
  }
}

/** Nothing of the test's own environment but where programs are: what a function needs, its deployment says. */
const environment = ({ target, signatureType, env }: FunctionsFrameworkOptions) => ({
  PATH: process.env.PATH ?? '',
  NODE_ENV: 'production',
  FUNCTION_TARGET: target,
  FUNCTION_SIGNATURE_TYPE: signatureType,
  // The framework would answer /favicon.ico and /robots.txt itself, with 404.
  IGNORED_ROUTES: '',
  K_SERVICE: target,
  ...env,
  PORT: '0',
})

async function portOf(child: ChildProcess, milliseconds: number): Promise<number> {
  const over = new AbortController()
  const { signal } = over
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([told]) => (told as { port: number }).port),
      once(child, 'exit', { signal }).then(([code]) =>
        failed(`it ended with code ${code} before it listened`),
      ),
      sleep(milliseconds, undefined, { signal }).then(() => failed(`not listening after ${milliseconds} ms`)),
    ])
  } finally {
    over.abort()
  }
}

function failed(message: string): never {
  throw new Error(message)
}

async function request(url: string, init: RequestInit | undefined, output: () => string): Promise<Response> {
  try {
    return await fetch(url, { redirect: 'manual', ...init })
  } catch (cause) {
    throw new Error(`functions-framework gave no answer to ${url}\n${output()}`, { cause })
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const force = setTimeout(() => child.kill('SIGKILL'), 5000)
  await exited
  clearTimeout(force)
}
