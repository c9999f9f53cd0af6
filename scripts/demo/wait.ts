import { setTimeout as sleep } from 'node:timers/promises'
import type { Video } from '../../core/video/wire.ts'
import type { Api } from './api.ts'

export interface Waited {
  readonly video: Video
  /** Seconds from the call to the first sight of the status. */
  readonly playableAfterSeconds?: number
  readonly readyAfterSeconds?: number
}

const POLL_MS = 150
/** No progress for that long counts as stuck; a unit of work on a slow machine takes less. */
const STALL_MS = 10 * 60_000

/** Watches a film until it is ready or failed. Throws when its progress stands still or goes back. */
export async function waitForFilm(
  api: Api,
  videoId: string,
  { signal, seen }: { signal: AbortSignal; seen: (video: Video) => void },
): Promise<Waited> {
  const from = performance.now()
  const after: { playableAfterSeconds?: number; readyAfterSeconds?: number } = {}
  let movedAt = from
  let progress = 0
  for (;;) {
    const video = await api.call<Video>('GET', `/v1/videos/${videoId}`)
    const now = performance.now()
    if (video.progress < progress)
      throw new Error(`the progress went back from ${progress} to ${video.progress}`)
    if (video.progress > progress) movedAt = now
    progress = video.progress
    seen(video)
    if (video.status === 'playable' || video.status === 'ready')
      after.playableAfterSeconds ??= (now - from) / 1000
    if (video.status === 'ready') return { video, ...after, readyAfterSeconds: (now - from) / 1000 }
    if (video.status === 'failed') return { video, ...after }
    if (now - movedAt > STALL_MS)
      throw new Error(`stuck: ${video.status} at ${progress} for ${STALL_MS / 60_000} minutes`)
    await sleep(POLL_MS, undefined, { signal })
  }
}
