import type { ProgressEvent } from '../../../core/video/wire.ts'
import { videos } from './api.ts'
import { readEvents } from './event-stream.ts'
import { hasStatus, Unreachable, wasAborted } from './problem.ts'
import { pause } from './wait.ts'

const POLL_MS = 2_000
const over = ({ status }: { status: ProgressEvent['status'] }) => status === 'ready' || status === 'failed'

/**
 * Tells each step of a film's work until it is ready or failed, live while the event stream stands and by polling
 * while it does not. Ends quietly when the signal aborts. Throws `ApiProblem` where the film is gone or forbidden.
 */
export async function followProgress(
  video: string,
  onStep: (step: ProgressEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (;;) {
      if (await stream(video, onStep, signal)) return
      const now = await poll(video, signal)
      if (now) onStep(now)
      if (now && over(now)) return
      await pause(POLL_MS, signal)
    }
  } catch (error) {
    if (!wasAborted(error)) throw error
  }
}

/** Whether the stream told the end; a stream that breaks or is refused is no error, polling goes on. */
async function stream(
  video: string,
  onStep: (step: ProgressEvent) => void,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const { body } = await videos.events(video, signal)
    if (!body) return false
    for await (const { event, data } of readEvents(chunks(body))) {
      if (event !== 'progress') continue
      const step = JSON.parse(data) as ProgressEvent
      onStep(step)
      if (over(step)) return true
    }
    return false
  } catch (error) {
    if (wasAborted(error)) throw error
    // The poll that follows says what is wrong, if something lasting is.
    return false
  }
}

async function poll(video: string, signal: AbortSignal): Promise<ProgressEvent | undefined> {
  try {
    return await videos.get(video, signal)
  } catch (error) {
    if (error instanceof Unreachable || hasStatus(error, 503) || hasStatus(error, 429)) return undefined
    throw error
  }
}

// Safari cannot iterate a ReadableStream yet.
async function* chunks(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    // Leaving early must close the connection: a browser has six of them for an origin.
    await reader.cancel().catch(() => undefined)
  }
}
