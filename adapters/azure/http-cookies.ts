import type { Cookie } from '@azure/functions'

/** A `Set-Cookie` line in the library's form, and what of it cannot travel that way. */
export interface CarriedCookie {
  /** Absent for a line that the platform would refuse. */
  readonly cookie?: Cookie
  readonly lost: readonly string[]
}

/** RFC 6265 4.1.1: what the library and the host take without throwing. */
const NAME = /^[\w!#$%&'*+.^`|~-]+$/
const DOMAIN = /^\.?[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*$/i
const PATH = /^[\u0020-\u003a\u003d-\u007e]*$/

/**
 * Both of Azure's ways out percent-encode a value once more, so it is handed over decoded; a value that does not come
 * out as it was written is told in `lost`.
 */
export function cookieFromLine(line: string): CarriedCookie {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
  const equals = pair.indexOf('=')
  const name = pair.slice(0, equals).trim()
  if (equals < 1 || !NAME.test(name) || !line.isWellFormed()) return { lost: ['the whole cookie'] }
  const written = pair
    .slice(equals + 1)
    .trim()
    .replace(/^"(.*)"$/, '$1')
  const value = decoded(written)
  const lost = encodeURIComponent(value) === written ? [] : ['the way its value is written']
  return attributes.reduce(withAttribute, { cookie: { name, value }, lost })
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    // A value with a stray "%" was never encoded.
    return value
  }
}

function withAttribute({ cookie, lost }: CarriedCookie, attribute: string): CarriedCookie {
  if (!cookie || attribute === '') return { lost, ...(cookie ? { cookie } : {}) }
  const equals = attribute.indexOf('=')
  const name = (equals < 0 ? attribute : attribute.slice(0, equals)).trim().toLowerCase()
  const value = equals < 0 ? '' : attribute.slice(equals + 1).trim()
  const read = Object.hasOwn(ATTRIBUTES, name) ? ATTRIBUTES[name]?.(value) : undefined
  // A cookie that is sent to more places than it was made for is worse than none.
  if (read === undefined && SCOPE.has(name)) return { lost: ['the whole cookie'] }
  return read ? { cookie: { ...cookie, ...read }, lost } : { cookie, lost: [...lost, name] }
}

const SCOPE = new Set(['domain', 'path'])

const ATTRIBUTES: Readonly<Record<string, (value: string) => Partial<Cookie> | undefined>> = {
  expires: (value) => (Number.isNaN(Date.parse(value)) ? undefined : { expires: new Date(value) }),
  'max-age': (value) => (/^-?\d{1,15}$/.test(value) ? { maxAge: Number(value) } : undefined),
  domain: (value) => (DOMAIN.test(value) ? { domain: value } : undefined),
  path: (value) => (PATH.test(value) ? { path: value } : undefined),
  secure: () => ({ secure: true }),
  httponly: () => ({ httpOnly: true }),
  samesite: (value) => SAME_SITE.get(value.toLowerCase()),
}

const SAME_SITE = new Map<string, Pick<Cookie, 'sameSite'>>([
  ['strict', { sameSite: 'Strict' }],
  ['lax', { sameSite: 'Lax' }],
  ['none', { sameSite: 'None' }],
])
