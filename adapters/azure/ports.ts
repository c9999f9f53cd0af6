import type { Ports } from '../../core/ports/ports.ts'
import { NotSupported } from '../../core/run/not-supported.ts'

export function openAzurePorts(): Ports {
  throw new NotSupported('ports on Azure: built by the next issue: three clouds, one behaviour')
}
