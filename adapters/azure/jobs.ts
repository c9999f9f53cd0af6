import type { Jobs } from '../../core/ports/jobs.ts'
import { NotSupported } from '../../core/run/not-supported.ts'

export function openAzureJobs(): Jobs {
  throw new NotSupported('jobs on Azure: built by the next issue: three clouds, one behaviour')
}
