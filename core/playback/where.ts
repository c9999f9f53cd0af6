import { sql } from 'drizzle-orm'
import { rowsOf } from '../database/rows.ts'
import type { HttpRequest } from '../http/request.ts'
import type { Db } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'

/** Where a client is, as its address tells: never what it claims. */
export interface Place {
  /** ISO 3166-1 alpha-2; absent where it is not known. */
  readonly country?: string
  /** The network hides where its users are. */
  readonly anonymous: boolean
}

/** By the table of networks, the narrowest that holds the address; else by the edge's header, where the settings name one. */
export async function placeOf(
  { db, config }: Uses<'db' | 'config'>,
  { clientIp, headers }: Pick<HttpRequest, 'clientIp' | 'headers'>,
): Promise<Place> {
  const told = config.countryHeader === undefined ? undefined : headers[config.countryHeader]
  const listed = await networkOf(db, clientIp)
  const country = listed?.country ?? countryIn(told)
  // Edges write T1 for Tor.
  const anonymous = listed?.anonymous === true || told === 'T1'
  return country === undefined ? { anonymous } : { country, anonymous }
}

/** Edges write XX, Google ZZ, where they do not know. */
const countryIn = (told: string | undefined): string | undefined =>
  told !== undefined && /^[A-Z]{2}$/.test(told) && told !== 'XX' && told !== 'ZZ' ? told : undefined

/** A dual-stack socket shows IPv4 clients as `::ffff:192.0.2.1`. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '')

/** An IPv4 or IPv6 address without a zone: PostgreSQL throws at others. */
const isAddress = (text: string): boolean =>
  /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(text) ||
  (/^[\da-f:.]{2,45}$/i.test(text) && URL.canParse(`http://[${text}]`))

export interface Network {
  readonly network: string
  readonly country: string | null
  readonly anonymous: boolean
}

/** The narrowest network of the table that holds the address; `undefined` for none, and for what is no address. */
export async function networkOf(db: Db, address: string): Promise<Network | undefined> {
  const plain = plainAddress(address)
  if (!isAddress(plain)) return undefined
  const [row] = await rowsOf<Network>(
    db,
    sql`select network::text, country, anonymous from networks
      where network >>= ${plain}::inet order by masklen(network) desc limit 1`,
  )
  return row
}
