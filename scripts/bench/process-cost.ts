import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

export interface Cost {
  readonly wallSeconds: number
  /** User and system time of the process and of all its children. */
  readonly cpuSeconds: number
  /** Most memory resident at one time in all of them together, sampled. Linux only. */
  readonly peakMegabytes?: number
  readonly stdout: string
}

const SAMPLE_MS = 100

/** Runs commands one after the other and says what they cost together. Throws with what they printed. */
export async function costOf(commands: readonly (readonly string[])[]): Promise<Cost> {
  // bash's `time` counts waited-for children of children, on Linux and macOS alike; Node can only see itself.
  const script = `TIMEFORMAT='%R %U %S'; time { ${commands.map((_, at) => `"\${c${at}[@]}"`).join(' && ')}; }`
  const arrays = commands.map((words, at) => `c${at}=(${words.map(quoted).join(' ')})`).join('\n')
  // Its own process group: so the processes that belong to it are found.
  const child = spawn('bash', ['-c', `${arrays}\n${script}`], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr, peak] = ['', '', 0]
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const sampling = setInterval(() => (peak = Math.max(peak, residentBytes(child.pid ?? 0))), SAMPLE_MS)
  // Ctrl-C does not reach another process group by itself.
  const stop = () => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    process.exit(130)
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    const [status] = await once(child, 'close')
    const [wall, user, system] = (stderr.trimEnd().split('\n').at(-1) ?? '').split(' ').map(Number)
    if (status !== 0 || system === undefined) throw new Error(`ended with ${status}:\n${stderr.slice(-4000)}`)
    const memory = peak > 0 ? { peakMegabytes: peak / 1024 ** 2 } : {}
    return { wallSeconds: wall ?? 0, cpuSeconds: (user ?? 0) + system, ...memory, stdout }
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
    clearInterval(sampling)
  }
}

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`
const PAGE_BYTES = 4096

function residentBytes(group: number): number {
  if (!existsSync('/proc/self/stat')) return 0
  let bytes = 0
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    const fields = statOf(pid)
    if (Number(fields[2]) === group) bytes += Number(fields[21]) * PAGE_BYTES
  }
  return bytes
}

/** Fields of proc(5) stat from the third on; none where the process has ended meanwhile. */
function statOf(pid: string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return []
    throw error
  }
}
