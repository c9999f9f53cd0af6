export const NO_COOKIES: Readonly<Record<string, string>> = Object.freeze({})

/** The cookies of a `cookie` header by name, quotes around a value removed; values stay percent-encoded. */
export function readCookies(header: string | undefined): Readonly<Record<string, string>> {
  if (header === undefined || header === '') return NO_COOKIES
  const cookies: Record<string, string> = Object.create(null)
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=')
    const name = pair.slice(0, equals).trim()
    // The first of a name is the one of the longest path (RFC 6265 5.4).
    if (equals > 0 && !(name in cookies))
      cookies[name] = pair
        .slice(equals + 1)
        .trim()
        .replace(/^"(.*)"$/, '$1')
  }
  return cookies
}
