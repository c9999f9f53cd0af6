import { spawn, spawnSync } from 'node:child_process'
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { ROOT } from './settings.ts'
import { progressLine } from './terminal.ts'

/** Programs of the system that the platform or its tests use, and the Debian packages that bring them. */
const TOOLS = {
  ffmpeg: {
    packages: ['ffmpeg'],
    present: () => ['ffmpeg', 'ffprobe'].every((name) => findCommand(name) !== undefined),
  },
  chromium: { packages: ['chromium'], present: () => findCommand('chromium') !== undefined },
  /** Ceph's S3 server: the only one of its kind that checks signatures and sends events. Its daemons want to be root. */
  radosgw: {
    packages: ['radosgw', 'ceph-mon', 'ceph-osd'],
    present: () => ['radosgw', 'ceph-mon', 'ceph-osd'].every((name) => findCommand(name) !== undefined),
  },
  /** Lambda's runtime client is compiled when it is installed. */
  compiler: {
    packages: ['cmake', 'g++', 'make'],
    present: () => ['cmake', 'g++', 'make'].every((name) => findCommand(name) !== undefined),
  },
  // A browser without any font draws no text at all.
  font: { packages: ['fonts-dejavu-core'], present: () => hasFont('/usr/share/fonts') },
} as const
export type ToolName = keyof typeof TOOLS

export interface MissingTool {
  readonly tool: ToolName
  readonly because: string
  /** The one command to type. */
  readonly command: string
}

/**
 * Finds the tools, or gets them by apt where this user may without a password. Never throws for a tool that cannot be
 * had: what stays missing is the answer.
 */
export async function getTools(
  wanted: readonly ToolName[],
  say: (line: string) => void,
): Promise<readonly MissingTool[]> {
  const missing = wanted.filter((name) => !TOOLS[name].present())
  if (missing.length === 0) return []
  const packages = missing.flatMap((name) => TOOLS[name].packages)
  const because = await tryApt(packages, say)
  return missing
    .filter((name) => !TOOLS[name].present())
    .map((tool) => ({
      tool,
      because: because ?? 'the package did not bring it',
      command: commandFor(TOOLS[tool].packages),
    }))
}

/** The path of a program on the PATH. */
export function findCommand(name: string, path = process.env.PATH ?? ''): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false // the question is whether it can be run, and each way of not being so is a no
  }
}

function hasFont(folder: string): boolean {
  if (!existsSync(folder)) return false
  return readdirSync(folder, { recursive: true }).some((name) => /\.(?:ttf|otf|ttc|pfb)$/i.test(String(name)))
}

/** How long a failed try is remembered, so that each start on a machine without network does not wait for apt. */
const TRY_AGAIN_MS = 3_600_000
const FAILED = join(ROOT, 'node_modules/.cache/skyreel/apt-failed')

/** Why it was not done, or `undefined` when apt has done it. */
async function tryApt(packages: readonly string[], say: (line: string) => void): Promise<string | undefined> {
  if (process.env.SKYREEL_INSTALL === 'no') return 'SKYREEL_INSTALL=no forbids installing'
  if (!findCommand('apt-get')) return 'this is not a Debian-like system'
  const runAs = aptPrefix()
  if (!runAs) return 'this user is not root and sudo asks for a password'
  if (existsSync(FAILED) && Date.now() - statSync(FAILED).mtimeMs < TRY_AGAIN_MS)
    return 'apt has failed within the last hour'
  say(`installing ${packages.join(' and ')} by apt-get ${runAs.length > 0 ? 'through sudo' : 'as root'} ...`)
  const failure = await installByApt([...runAs, 'apt-get'], packages)
  if (failure === undefined) rmSync(FAILED, { force: true })
  else remember(failure)
  return failure
}

function remember(failure: string): void {
  mkdirSync(dirname(FAILED), { recursive: true })
  writeFileSync(FAILED, `${failure}\n`)
}

function aptPrefix(): readonly string[] | undefined {
  if (process.getuid?.() === 0) return []
  return findCommand('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0
    ? ['sudo', '-n']
    : undefined
}

// A machine without network shall learn it in seconds, and two apt at once shall wait for each other.
const APT = [
  '-q',
  '-y',
  ...[
    'Acquire::Retries=1',
    'Acquire::http::Timeout=15',
    'Acquire::https::Timeout=15',
    'DPkg::Lock::Timeout=120',
  ].flatMap((option) => ['-o', option]),
]

/** Installs packages; the package lists are fetched only when they lack one. Answers why it failed, or `undefined`. */
export async function installByApt(
  aptGet: readonly string[],
  packages: readonly string[],
): Promise<string | undefined> {
  const install = [...APT, 'install', '--no-install-recommends', ...packages]
  if ((await run(aptGet, install)) === undefined) return undefined
  const update = await run(aptGet, [...APT, 'update'])
  return update === undefined ? run(aptGet, install) : update
}

async function run(aptGet: readonly string[], args: readonly string[]): Promise<string | undefined> {
  const [command, ...before] = aptGet
  const child = spawn(command ?? 'apt-get', [...before, ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const line = progressLine(process.stderr)
  let tail = ''
  const hear = (text: string) => {
    tail = (tail + text).slice(-4000)
    const last = text.trimEnd().split('\n').at(-1) ?? ''
    if (process.stderr.isTTY) line.show(`  apt: ${last}`)
  }
  child.stdout.setEncoding('utf8').on('data', hear)
  child.stderr.setEncoding('utf8').on('data', hear)
  const ended = await new Promise<string | number>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'))
  })
  line.clear()
  return ended === 0 ? undefined : whatAptSaid(tail, ended)
}

function whatAptSaid(tail: string, ended: string | number): string {
  const lines = tail.split('\n').filter((line) => /^(?:E|Err|W):?/.test(line))
  return `apt-get ended with ${ended}${lines.length > 0 ? `: ${lines.at(-1)}` : ''}`
}

function commandFor(packages: readonly string[]): string {
  if (process.platform === 'darwin') return `brew install ${packages.join(' ')}`
  const sudo = process.getuid?.() === 0 ? '' : 'sudo '
  if (findCommand('apt-get')) return `${sudo}apt-get install -y --no-install-recommends ${packages.join(' ')}`
  if (findCommand('dnf'))
    return `${sudo}dnf install -y ${packages.map((name) => (name === 'ffmpeg' ? 'ffmpeg-free' : name)).join(' ')}`
  if (findCommand('pacman')) return `${sudo}pacman -S ${packages.join(' ')}`
  return `install ${packages.join(' and ')} with this system's package manager`
}
