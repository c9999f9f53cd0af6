import type { Storage } from '../../core/ports/storage.ts'
import { NotSupported } from '../../core/run/not-supported.ts'

export function openAzureStorage(): Storage {
  throw new NotSupported('storage on Azure: built by the next issue: three clouds, one behaviour')
}
