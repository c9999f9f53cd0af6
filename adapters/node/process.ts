import { readFileSync } from 'node:fs'

/** Whether a process of this number lives, whoever's it is. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * Names this process in what it may leave behind: `<pid>.<start>`. The number alone is not enough: in a container the
 * same program gets the same one at each start, and would take its predecessor's leavings for its own.
 */
export const ownMark = (): string => `${process.pid}.${OWN_START}`

const MARK = /^(\d+)\.(\d+)(?!\d)/

/**
 * Whether the process that a name was marked by, at its beginning, still lives. `undefined` for a name without a mark.
 * Where there is no /proc its number decides, and what belonged to a number that is used again stays.
 */
export function isMarkedAlive(name: string): boolean | undefined {
  const [, pid, start] = MARK.exec(name) ?? []
  if (pid === undefined || start === undefined) return undefined
  return start === NO_START ? isAlive(Number(pid)) : startOf(pid) === start
}

const NO_START = '0'
const OWN_START = startOf('self') ?? NO_START

/** When a process was started, in ticks since the machine's start; `undefined` for a dead one, also one that lingers as a zombie. */
function startOf(pid: string): string | undefined {
  const stat = statOf(pid)
  // The name, in parentheses, may hold anything; behind it come the state and, 19 fields later, the start.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
}

function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch (error) {
    // ESRCH: ended between the opening and the reading.
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  }
}
