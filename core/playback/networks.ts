import { sql } from 'drizzle-orm'
import { isCountry } from '../catalog/countries.ts'
import { rowsOf } from '../database/rows.ts'
import type { Uses } from '../ports/ports.ts'
import { cidrsOf } from './address-range.ts'
import { networks } from './schema.ts'

export interface NetworkRow {
  readonly network: string
  readonly country: string | null
  readonly anonymous: boolean
}

/** A line of the table that cannot be read. */
export class WrongNetwork extends Error {
  override readonly name = 'WrongNetwork'
}

/**
 * The networks of one line: `network,country,anonymous` (`192.0.2.0/24,DE,false`), or `start,end,country` as public tables have
 * it, which may come to several networks. Empty for a head line and an empty one. Throws `WrongNetwork`.
 */
export function readNetworkLine(line: string): readonly NetworkRow[] {
  const fields = line.split(',').map((field) => field.trim().replace(/^"(.*)"$/, '$1'))
  const [first = '', second = '', third = ''] = fields
  if (first === '' || /^(network|start|start_ip|ip_from)$/i.test(first)) return []
  if (first.includes('/') || fields.length < 3 || isCountry(second))
    return rowsFor(line, cidrsOf(first), { country: second, anonymous: third })
  return rowsFor(line, cidrsOf(first, second), { country: third, anonymous: fields[3] ?? '' })
}

function rowsFor(
  line: string,
  found: readonly string[] | undefined,
  { country, anonymous }: { country: string; anonymous: string },
): NetworkRow[] {
  const code = country.toUpperCase()
  const none = code === '' || code === 'ZZ' || code === 'XX' || code === 'NONE'
  if (!found) throw new WrongNetwork(`is no network: ${line.slice(0, 80)}`)
  if (!none && !isCountry(code)) throw new WrongNetwork(`has no country of ISO 3166-1: ${line.slice(0, 80)}`)
  if (!/^(true|false|0|1|yes|no|)$/i.test(anonymous))
    throw new WrongNetwork(`anonymous is true or false: ${line.slice(0, 80)}`)
  const hides = /^(true|1|yes)$/i.test(anonymous)
  return found.map((network) => ({ network, country: none ? null : code, anonymous: hides }))
}

const AT_ONCE = 2000

/** Puts these in the place of all that are there, in one transaction: decisions see the old table or the new one. */
export async function replaceNetworks(
  { db }: Uses<'db'>,
  rows: AsyncIterable<NetworkRow>,
  progress: (count: number) => void = () => undefined,
): Promise<number> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`delete from networks`)
    let [count, waiting] = [0, [] as NetworkRow[]]
    const flush = async () => {
      // Public tables name some networks twice: the last line counts.
      const last = [...new Map(waiting.map((row) => [row.network, row])).values()]
      const set = { country: sql`excluded.country`, anonymous: sql`excluded.anonymous` }
      if (last.length > 0)
        await tx.insert(networks).values(last).onConflictDoUpdate({ target: networks.network, set })
      count += waiting.length
      waiting = []
      progress(count)
    }
    for await (const row of rows) if (waiting.push(row) >= AT_ONCE) await flush()
    await flush()
    // A file that came down empty would open every film that refuses anonymous networks.
    if (count === 0) throw new WrongNetwork('the table holds no network: nothing was changed')
    return count
  })
}

export interface NetworkFacts {
  readonly networks: number
  readonly countries: number
  readonly anonymous: number
}

/** What the table holds. */
export async function networkFacts({ db }: Uses<'db'>): Promise<NetworkFacts> {
  const [row] = await rowsOf<NetworkFacts>(
    db,
    sql`select count(*)::int as networks, count(distinct country)::int as countries,
        (count(*) filter (where anonymous))::int as anonymous from networks`,
  )
  return row ?? { networks: 0, countries: 0, anonymous: 0 }
}
