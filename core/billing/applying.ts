import type { Transaction } from '../ports/database.ts'
import type { Ids } from '../ports/ids.ts'
import type { Emit } from '../run/emit.ts'
import type { Log } from '../run/log.ts'
import type { Provider } from './provider-objects.ts'

/**
 * The one transaction in which a fetched object is written with all that follows from it: mirror, ledger, dunning, events,
 * and that its webhooks are done. The object is locked: nobody else writes it meanwhile.
 */
export interface Applying {
  readonly tx: Transaction
  readonly emit: Emit
  readonly provider: Provider
  readonly now: Date
  readonly ids: Ids
  readonly log: Log
}
