import { MediaFailed } from '../../core/ports/media.ts'

const ERROR = /\[(error|fatal|panic)\]/
const MARKER = /Parsed_showinfo.* n: *\d+ pts:.* pts_time:([\d.]+)/
/** A first picture that comes later than this was lost, and the errors before it are of its time. */
const LATE_SECONDS = 0.5

/** A part of the film, in seconds from its beginning. */
export interface Part {
  readonly from: number
  readonly to: number
}

/**
 * About where in a chunk ffmpeg reported errors, from its log with levels (`-loglevel repeat+level+info`): between the
 * markers of the graph, a second apart, that lie around them. Those of the pre-roll do not count: a seek may land between
 * key frames, and what lies there is another chunk's. `undefined` where there are none.
 */
export function damageIn(log: string, chunk: Part): Part | undefined {
  const lines = log.split('\n')
  const markers = lines.flatMap((line, at) => {
    const seconds = MARKER.exec(line)?.[1]
    return seconds === undefined ? [] : [{ at, seconds: Number(seconds) }]
  })
  const [first] = markers
  const ownFirst = chunk.from === 0 || !first || first.seconds - chunk.from > LATE_SECONDS ? 0 : first.at
  const errors = lines.flatMap((line, at) => (at >= ownFirst && ERROR.test(line) ? [at] : []))
  const [begin, end] = [errors[0], errors.at(-1)]
  if (begin === undefined || end === undefined) return undefined
  const from = markers.findLast(({ at }) => at < begin)?.seconds ?? chunk.from
  const to = markers.find(({ at }) => at > end)?.seconds ?? chunk.to
  return { from: Math.max(chunk.from, from), to: Math.min(chunk.to, to) }
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
