import type { Bus } from '../../core/ports/bus.ts'
import { NotSupported } from '../../core/run/not-supported.ts'

export function openGcpBus(): Bus {
  throw new NotSupported('bus on Google Cloud: built by the next issue: three clouds, one behaviour')
}
