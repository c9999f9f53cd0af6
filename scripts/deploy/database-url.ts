/** The URL is none that a migration can use. It may hold a password, so no message repeats it. */
export class WrongDatabaseUrl extends Error {
  override readonly name = 'WrongDatabaseUrl'
}

/** The same URL, with the server's certificate checked wherever TLS is asked for. */
export function verified(url: string): string {
  const other = new URL(url)
  // `require` alone would take anybody's certificate, where libpq reads it, and node-postgres warns about its own reading.
  if (other.searchParams.get('sslmode') === 'require') other.searchParams.set('sslmode', 'verify-full')
  return other.href
}

const POOLER = /^(ep-[a-z0-9-]+?)-pooler\./

/**
 * Neon's own host in place of its pooler's: an advisory lock belongs to a session, and a pooler gives each transaction
 * another one. Throws `WrongDatabaseUrl` for what is no URL of PostgreSQL.
 */
export function direct(url: string): { readonly url: string; readonly pooled: boolean } {
  if (!/^postgres(ql)?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''))
    throw new WrongDatabaseUrl('DATABASE_URL is not of the form postgres://user:password@host:5432/database')
  const other = new URL(url)
  const pooled = POOLER.test(other.hostname)
  if (pooled) other.hostname = other.hostname.replace(POOLER, '$1.')
  return { url: other.href, pooled }
}
