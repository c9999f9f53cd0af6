import type { Log } from '../../core/run/log.ts'
import { NotSupported } from '../../core/run/not-supported.ts'

export function openGcpLog(): Log {
  throw new NotSupported('log on Google Cloud: built by the next issue: three clouds, one behaviour')
}
