import { effect } from '@preact/signals'
import type { Video } from '../../../core/video/wire.ts'
import { videos } from '../kit/api.ts'
import { hasStatus } from '../kit/problem.ts'
import { followProgress } from '../kit/progress.ts'
import { pause } from '../kit/wait.ts'
import { isBeingProtected } from './being-protected.ts'
import { library, noteStep, reloadLibrary, replaceVideo, unfinished } from './library.ts'

// A browser opens six connections to an origin, and three of them carry parts of films.
const STREAMS = 2
const POLL_MS = 4_000

const following = new Map<string, AbortController>()
let polling = false

/** Keeps the films that are being worked on up to date: the first ones by event streams, further ones by polling. */
export function keepLive(): () => void {
  const stop = effect(() => {
    const waiting = new Set(unfinished.value.map((upload) => upload.videoId))
    const busy = (library.value ?? []).filter((video) => isBusy(video) && !waiting.has(video.id))
    for (const video of busy) if (following.size < STREAMS && !following.has(video.id)) follow(video.id)
    // The stream of a film ends when it is ready: what its protection does is not in it.
    if (busy.length > following.size || library.value?.some(isBeingProtected)) poll()
  })
  return () => {
    stop()
    for (const run of following.values()) run.abort()
    following.clear()
  }
}

const isBusy = ({ status }: Video) => status !== 'ready' && status !== 'failed'

function follow(id: string): void {
  const run = new AbortController()
  following.set(id, run)
  let status: string | undefined
  const onStep = (step: Parameters<typeof noteStep>[1]) => {
    noteStep(id, step)
    // Each new status brings more than its name: a poster, a length, a reason.
    if (step.status !== status) void refetch(id)
    status = step.status
  }
  followProgress(id, onStep, run.signal)
    .then(() => refetch(id))
    .catch((error: unknown) => lost(id, error))
    .finally(() => following.delete(id))
}

async function refetch(id: string): Promise<void> {
  try {
    replaceVideo(await videos.get(id))
  } catch (error) {
    lost(id, error)
  }
}

/** A film that is gone was deleted elsewhere; the list says so at its next reading. Anything else belongs in the console. */
function lost(id: string, error: unknown): void {
  if (!hasStatus(error, 404)) console.error(`film ${id} cannot be followed`, error)
}

function poll(): void {
  if (polling) return
  polling = true
  pause(POLL_MS)
    .then(reloadLibrary)
    .catch((error: unknown) => console.error('the list cannot be read', error))
    .finally(() => {
      polling = false
      // Wakes the effect even where the list came back the same or not at all.
      if (library.value) library.value = [...library.value]
    })
}
