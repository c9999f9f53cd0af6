import type { Sink } from '../../core/ports/media.ts'

/** A sink that is not called again once the task is to stop. */
export const abortable =
  (sink: Sink, signal: AbortSignal): Sink =>
  async (file) => {
    signal.throwIfAborted()
    await sink(file)
  }
