import type { VideoId } from '../run/id.ts'

/** Kinds of long work and what each is told. */
export interface JobInput {
  transcode: { readonly videoId: VideoId; readonly generation: number }
  /** Early pictures of a film that was too much for a function. */
  thumbnails: { readonly videoId: VideoId; readonly generation: number }
}
export type JobKind = keyof JobInput
export type JobState = 'unknown' | 'queued' | 'running' | 'done' | 'failed'

/**
 * Starts long work in a container (locally: a child process). The work keeps its own state in the database and can be
 * started again after any loss, so a driver need not remember jobs across a restart.
 */
export interface Jobs {
  /** Starting an id that is queued or running changes nothing; one that ended is started again. */
  start<K extends JobKind>(kind: K, id: string, input: JobInput[K]): Promise<void>
  /** `unknown` for an id never started, or forgotten after it ended. */
  state(id: string): Promise<JobState>
  /** Asks to stop (SIGTERM, then kill) and resolves when it has ended. Stopping what does not run succeeds. */
  stop(id: string): Promise<void>
}
