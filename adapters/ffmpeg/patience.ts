import type { RunOptions } from './run.ts'

const BETWEEN_LINES_SECONDS = 600
const WITHOUT_LINES_SECONDS = 1800

export interface Patience {
  readonly seconds: number
  /** To be given each line; passes it on. */
  readonly onLine?: (line: string) => void
  lost(): boolean
  end(): void
}

/**
 * Calls `stop` once when a tool has brought nothing forth for too long: a film may make a decoder or a filter run in a
 * circle, and it would then hold the only slot for ever.
 */
export function openPatience({ onLine, patienceSeconds }: RunOptions, stop: () => void): Patience {
  const seconds = patienceSeconds ?? (onLine ? BETWEEN_LINES_SECONDS : WITHOUT_LINES_SECONDS)
  let lost = false
  const timer = setTimeout(() => {
    lost = true
    stop()
  }, seconds * 1000)
  const rest = { seconds, lost: () => lost, end: () => clearTimeout(timer) }
  if (!onLine) return rest
  const isProgress = progressReader()
  const heard = (line: string) => {
    // Refreshing a timer that has run would start it anew.
    if (!lost && isProgress(line)) timer.refresh()
    onLine(line)
  }
  return { ...rest, onLine: heard }
}

/** `-progress` writes its block also while nothing moves, and these move with the time that passes. */
const OF_TIME = /^(?:fps|speed|bitrate|progress)=/

/** Whether a line tells of something new: of `key=value` lines, another value than the one before. */
function progressReader(): (line: string) => boolean {
  const last = new Map<string, string>()
  return (line) => {
    const key = /^\w+(?==)/.exec(line)?.[0]
    if (key === undefined) return true
    if (OF_TIME.test(line) || last.get(key) === line) return false
    last.set(key, line)
    return true
  }
}
