import type { Storage } from '../../core/ports/storage.ts'
import { NotSupported } from '../../core/run/not-supported.ts'

export function openAwsStorage(): Storage {
  throw new NotSupported('storage on AWS: built by the next issue: three clouds, one behaviour')
}
