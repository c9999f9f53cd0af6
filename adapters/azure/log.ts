import type { Log } from '../../core/run/log.ts'
import { NotSupported } from '../../core/run/not-supported.ts'

export function openAzureLog(): Log {
  throw new NotSupported('log on Azure: built by the next issue: three clouds, one behaviour')
}
