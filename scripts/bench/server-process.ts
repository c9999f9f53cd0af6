import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface ServerProcess {
  readonly origin: string
  /** Seconds from the start of the process to its first answer of 200. */
  readonly startSeconds: number
  /** SIGINT, as Ctrl-C does; resolves when it has ended. */
  stop(): Promise<void>
}

export interface Start {
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly path: string
}

const GIVE_UP_MS = 180_000

/** Starts a server as its own process and waits for its first good answer at `path`. Throws with what it printed. */
export async function startServer({ command, env, path }: Start): Promise<ServerProcess> {
  const port = await freePort()
  const from = performance.now()
  const [program = process.execPath, ...args] = command
  const child = spawn(program, args, {
    env: { ...process.env, ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed = (printed + text).slice(-8000)))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed = (printed + text).slice(-8000)))
  const origin = `http://127.0.0.1:${port}`
  await firstAnswer(child, origin + path, () => printed)
  return { origin, startSeconds: (performance.now() - from) / 1000, stop: () => stop(child) }
}

async function firstAnswer(child: ChildProcess, url: string, printed: () => string): Promise<void> {
  for (const until = performance.now() + GIVE_UP_MS; performance.now() < until; await sleep(10)) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${printed()}`)
    if (await isUp(url)) return
  }
  child.kill('SIGKILL')
  throw new Error(`no answer from ${url} within ${GIVE_UP_MS / 1000} s:\n${printed()}`)
}

async function isUp(url: string): Promise<boolean> {
  try {
    const response = await fetch(url)
    await response.arrayBuffer()
    return response.status === 200
  } catch (error) {
    if (error instanceof TypeError) return false // refused: it does not listen yet
    throw error
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGINT')
  const late = setTimeout(() => child.kill('SIGKILL'), 30_000)
  await ended
  clearTimeout(late)
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
