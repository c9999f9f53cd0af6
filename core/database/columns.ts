import { customType, timestamp } from 'drizzle-orm/pg-core'
import { type IdOf, type IdPrefix, idFromUuid, uuidOf } from '../run/id.ts'

/** A 16-byte `uuid` column that reads and writes as the API's prefixed id. */
export const idColumn = <P extends IdPrefix>(prefix: P) =>
  customType<{ data: IdOf[P]; driverData: string }>({
    dataType: () => 'uuid',
    toDriver: (id) => uuidOf(id),
    fromDriver: (uuid) => idFromUuid(prefix, uuid),
  })

/** `timestamptz` with milliseconds. The application's clock writes it, never `now()`. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })
