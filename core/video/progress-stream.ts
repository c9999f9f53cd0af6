import type { Uses } from '../ports/ports.ts'
import type { VideoId } from '../run/id.ts'
import { failureOf, type VideoRow } from './show.ts'
import { findVideo } from './store.ts'
import type { ProgressEvent } from './wire.ts'

const LOOK_EVERY_MS = 500
/** Proxies close silent streams after 30 to 60 s. */
const PING_EVERY_MS = 15_000

/**
 * A film's progress as server-sent events, one for each change, until it is ready, failed or gone. It looks into the
 * database twice a second: LISTEN does not pass a connection pooler, and an idle film's row is one page in memory.
 */
export async function* progressStream(
  uses: Uses<'db' | 'clock'>,
  id: VideoId,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let last = ''
  let sentAt = 0
  while (!signal.aborted) {
    const row = await findVideo(uses.db, id)
    if (!row) return yield frame('gone', '{}')
    const data = JSON.stringify(eventOf(row))
    const now = uses.clock.now().getTime()
    if (data !== last) yield frame('progress', data)
    else if (now - sentAt >= PING_EVERY_MS) yield PING
    if (data !== last || now - sentAt >= PING_EVERY_MS) sentAt = now
    last = data
    if (row.status === 'ready' || row.status === 'failed') return
    await uses.clock.sleep(LOOK_EVERY_MS, signal)
  }
}

const encoder = new TextEncoder()
const PING = encoder.encode(': still here\n\n')
const frame = (event: string, data: string) => encoder.encode(`event: ${event}\ndata: ${data}\n\n`)

function eventOf(row: VideoRow): ProgressEvent {
  return { status: row.status, progress: Math.round(row.progress * 10_000) / 10_000, ...failureOf(row) }
}
