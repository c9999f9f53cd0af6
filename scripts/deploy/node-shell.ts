import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Command } from './column.ts'
import { followFile } from './follow-file.ts'
import { type Ended, type Hearing, type Shell, shown } from './shell.ts'
import { stopGroup } from './stop-group.ts'

export interface NodeShellOptions {
  /** Folder that commands run in which name none. */
  readonly root: string
  /** Gets every command and what it said. */
  readonly log: string
  readonly env: NodeJS.ProcessEnv
  /** Aborted when the deployment shall stop: what runs is then asked to end, and gets its time. */
  readonly signal: AbortSignal
}

/** Starts programs directly, without a shell that would read their arguments once more. */
export function openNodeShell(options: NodeShellOptions): Shell {
  return { run: (command, hearing = {}) => run(command, hearing, options) }
}

// What commands say goes through files, not pipes: Terraform survives a deployment that is killed, and would die of the
// broken pipe with its state half-written and locked.
async function run(command: Command, hearing: Hearing, options: NodeShellOptions): Promise<Ended> {
  await mkdir(dirname(options.log), { recursive: true })
  const folder = await mkdtemp(join(dirname(options.log), 'command-'))
  try {
    const files = { stdout: join(folder, 'stdout'), stderr: join(folder, 'stderr') }
    const status = await spawned(command, { ...options, ...hearing, ...files })
    const [stdout, stderr] = await Promise.all([
      readFile(files.stdout, 'utf8'),
      readFile(files.stderr, 'utf8'),
    ])
    const said = command.unlogged ? '(not logged)\n' : stdout
    await note(options.log, `$ ${shown(command)}\n${said}${stderr}(status ${status})\n\n`)
    return { status, stdout, stderr }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type Spawning = NodeShellOptions & Hearing & { readonly stdout: string; readonly stderr: string }

async function spawned(command: Command, { line, started, ...options }: Spawning): Promise<number> {
  await using stdout = await open(options.stdout, 'wx', 0o600)
  await using stderr = await open(options.stderr, 'wx', 0o600)
  const [program, ...args] = command.argv
  const child = spawn(program, args, {
    cwd: command.cwd ?? options.root,
    env: { ...options.env, ...command.env },
    stdio: [command.input === undefined ? 'ignore' : 'pipe', stdout.fd, stderr.fd],
    // A group of its own: Ctrl-C in a terminal would else reach npx, which dies and takes the ear of Terraform with it.
    detached: true,
  })
  const ended = endOf(child)
  if (child.pid !== undefined) started?.(child.pid)
  child.stdin?.on('error', () => undefined).end(command.input)
  using _stop = stoppedBy(options.signal, child)
  await using _following = followFile([options.stdout, options.stderr], line)
  return await ended
}

/** The status; 127 as a shell has it where there is no such program. */
async function endOf(child: ChildProcess): Promise<number> {
  try {
    const [code] = await once(child, 'close')
    return typeof code === 'number' ? code : 130
  } catch {
    return 127
  }
}

function stoppedBy(signal: AbortSignal, child: ChildProcess): Disposable {
  const stop = () => {
    if (child.pid !== undefined) void stopGroup(child.pid)
  }
  signal.addEventListener('abort', stop)
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', stop) }
}

async function note(log: string, text: string): Promise<void> {
  await appendFile(log, text, { mode: 0o600 })
}
