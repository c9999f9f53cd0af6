import { MediaFailed } from '../../core/ports/media.ts'

const ERROR = /\[(error|fatal|panic)\]/
const MARKER = /Parsed_showinfo.* n: *0 pts:.* pts_time:([\d.]+)/
/** A first picture that comes later than this was lost, and the errors before it are of its time. */
const LATE_SECONDS = 0.5

/**
 * Counts the errors that ffmpeg reported in a chunk, from its log with levels (`-loglevel repeat+level+info`). Those of
 * the pre-roll do not count: a seek may land between key frames, and what lies there is another chunk's.
 * @param dueSeconds where the chunk begins in the film
 */
export function countDamage(log: string, dueSeconds: number): number {
  const lines = log.split('\n')
  const marker = lines.findIndex((line) => MARKER.test(line))
  const seconds = Number(MARKER.exec(lines[marker] ?? '')?.[1] ?? Number.POSITIVE_INFINITY)
  const own = dueSeconds === 0 || seconds - dueSeconds > LATE_SECONDS ? lines : lines.slice(marker)
  return own.filter((line) => ERROR.test(line)).length
}

/** A failure's tail shall say what went wrong: the log also carries streams and encoder statistics. */
export async function withErrorsOnly<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof MediaFailed)) throw error
    throw new MediaFailed(error.message, errorsIn(error.tail), { cause: error })
  }
}

/** The errors and warnings of a log, or its end where it has none. */
function errorsIn(log: string): string {
  const errors = log.split('\n').filter((line) => ERROR.test(line) || line.includes('[warning]'))
  return (errors.length > 0 ? errors.join('\n') : log).slice(-4000)
}
