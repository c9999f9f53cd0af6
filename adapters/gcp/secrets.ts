import type { Secrets } from '../../core/ports/secrets.ts'
import { NotSupported } from '../../core/run/not-supported.ts'

export function openGcpSecrets(): Secrets {
  throw new NotSupported('secrets on Google Cloud: built by the next issue: three clouds, one behaviour')
}
