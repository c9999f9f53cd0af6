import type { Jobs } from '../../core/ports/jobs.ts'
import { NotSupported } from '../../core/run/not-supported.ts'

export function openGcpJobs(): Jobs {
  throw new NotSupported('jobs on Google Cloud: built by the next issue: three clouds, one behaviour')
}
