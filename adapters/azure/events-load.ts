import type { Log } from '../../core/run/log.ts'
import { loadAhead } from '../node/load-once.ts'

/** Begins to load while the host still starts the app. A failure is logged when it happens, and not at the first call. */
export const loadEarly = <T>(load: () => Promise<T>, log: Log): (() => Promise<T>) =>
  loadAhead(load, (error) => log.error('the function could not be loaded', { error }))
