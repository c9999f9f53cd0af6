import type { Secrets } from '../../core/ports/secrets.ts'
import { NotSupported } from '../../core/run/not-supported.ts'

export function openAzureSecrets(): Secrets {
  throw new NotSupported('secrets on Azure: built by the next issue: three clouds, one behaviour')
}
