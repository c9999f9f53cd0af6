/** Cookies of one viewer, kept and sent as a browser does (RFC 6265), as far as media need it. */
export interface CookieJar {
  /** Takes the `Set-Cookie` lines of an answer of this host. */
  take(lines: readonly string[], host: string): void
  /** The value of `Cookie` for a URL; `undefined` where no cookie goes there. */
  headerFor(url: URL): string | undefined
}

interface Kept {
  readonly pair: string
  readonly domain: string
  readonly path: string
}

export function openCookieJar(): CookieJar {
  const kept = new Map<string, Kept>()
  return {
    take: (lines, host) => {
      for (const cookie of lines.map((line) => read(line, host))) kept.set(keyOf(cookie), cookie)
    },
    headerFor: (url) => {
      const sent = [...kept.values()].filter((cookie) => goesTo(cookie, url)).map(({ pair }) => pair)
      return sent.length > 0 ? sent.join('; ') : undefined
    },
  }
}

const keyOf = ({ pair, domain, path }: Kept) => `${pair.split('=')[0]} ${domain} ${path}`

function read(line: string, host: string): Kept {
  const [pair = '', ...rest] = line.split(';').map((part) => part.trim())
  const attributes = new Map(
    rest.map((part) => {
      const [name = '', value = ''] = part.split('=', 2)
      return [name.toLowerCase(), value]
    }),
  )
  const domain = attributes.get('domain') ?? host
  if (!covers(domain, host)) throw new Error(`${host} sets a cookie for ${domain}, which a browser drops`)
  return { pair, domain, path: attributes.get('path') ?? '/' }
}

const covers = (domain: string, host: string) => host === domain || host.endsWith(`.${domain}`)

const goesTo = ({ domain, path }: Kept, { hostname, pathname }: URL) =>
  covers(domain, hostname) &&
  (pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`))
