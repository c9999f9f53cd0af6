import type { Database } from '../../core/ports/database.ts'
import { NotSupported } from '../../core/run/not-supported.ts'

export function openAzureDatabase(): Database {
  throw new NotSupported('database on Azure: built by the next issue: three clouds, one behaviour')
}
