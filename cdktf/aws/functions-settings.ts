import type { PlannedFunction } from '../shared/plan.ts'

/** Our own answer, or the giving back of what did not fit, comes within the manifest's time; the platform's end after it. */
const GRACE_SECONDS = 5

/** Seconds after which Lambda cuts the function off. */
export const platformSeconds = ({ timeoutSeconds }: Pick<PlannedFunction, 'timeoutSeconds'>): number =>
  timeoutSeconds + GRACE_SECONDS
