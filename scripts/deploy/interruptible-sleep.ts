import { setTimeout as pause } from 'node:timers/promises'
import { Interrupted } from './shell.ts'

/** Throws `Interrupted` as soon as the deployment is told to stop. */
export async function interruptibleSleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(ms, undefined, { signal })
  } catch (error) {
    if (signal.aborted) throw new Interrupted()
    throw error
  }
}
