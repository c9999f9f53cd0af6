import type { Storage } from '../../core/ports/storage.ts'
import { NotSupported } from '../../core/run/not-supported.ts'

export function openGcpStorage(): Storage {
  throw new NotSupported('storage on Google Cloud: built by the next issue: three clouds, one behaviour')
}
