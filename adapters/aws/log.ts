import type { Log } from '../../core/run/log.ts'
import { NotSupported } from '../../core/run/not-supported.ts'

export function openAwsLog(): Log {
  throw new NotSupported('log on AWS: built by the next issue: three clouds, one behaviour')
}
