import { type ChildProcess, spawn } from 'node:child_process'

export interface ContainerOptions {
  readonly command: string
  readonly args?: readonly string[]
  readonly cwd?: string
  readonly env: Readonly<Record<string, string>>
  /** Between SIGTERM and SIGKILL. */
  readonly stopSeconds: number
  readonly onLine?: (line: string) => void
}
export interface Container {
  /** Exit status; `undefined` where a signal ended it. */
  readonly ended: Promise<number | undefined>
  stop(): void
}

/** A container's process in a group of its own, which ends with this process at the latest. */
export function runContainer(options: ContainerOptions): Container {
  const child = spawn(options.command, options.args ?? [], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { PATH: process.env.PATH, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const killGroup = () => signalGroup(child, 'SIGKILL')
  process.once('exit', killGroup)
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) =>
      text
        .trim()
        .split('\n')
        .forEach(options.onLine ?? none),
    )
  const ended = new Promise<number | undefined>((resolve) => {
    child.once('error', () => resolve(127))
    child.once('exit', (code) => resolve(code ?? undefined))
  }).then((code) => {
    killGroup()
    process.off('exit', killGroup)
    return code
  })
  const stop = () => {
    child.kill('SIGTERM')
    const timer = setTimeout(killGroup, options.stopSeconds * 1000)
    void ended.then(() => clearTimeout(timer))
  }
  return { ended, stop }
}

const none = () => undefined

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
