import type { Ports } from '../../core/ports/ports.ts'
import { NotSupported } from '../../core/run/not-supported.ts'

export function openGcpPorts(): Ports {
  throw new NotSupported('ports on Google Cloud: built by the next issue: three clouds, one behaviour')
}
