import type { Database } from '../../core/ports/database.ts'
import { NotSupported } from '../../core/run/not-supported.ts'

export function openGcpDatabase(): Database {
  throw new NotSupported('database on Google Cloud: built by the next issue: three clouds, one behaviour')
}
