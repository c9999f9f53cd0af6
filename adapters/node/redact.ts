const SECRET_NAME =
  /authorization|cookie|passw|secret|signature|token|api-?key|^grant$|account-?key|private-?key|connection-?string/i
const HIDDEN = '[redacted]'
/** Deeper values are cut: a log line is not a dump. */
const MAX_DEPTH = 6
const MAX_TEXT = 8192

/** A copy that JSON takes, with secrets hidden by field name and inside texts, errors with their chain of causes. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'function' || typeof value === 'symbol') return undefined
  if (value === null || typeof value !== 'object') return value
  if (depth >= MAX_DEPTH) return '[too deep]'
  if (value instanceof Error) return redactError(value, depth)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (value instanceof URL) return redactText(value.href)
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redact(item, depth + 1))
  return redactFields(value, depth)
}

function redactFields(value: object, depth: number): Record<string, unknown> {
  const fields = Object.entries(value).slice(0, 100)
  return Object.fromEntries(
    fields.map(([name, v]) => [
      name,
      SECRET_NAME.test(name) && v !== undefined ? HIDDEN : redact(v, depth + 1),
    ]),
  )
}

function redactError(error: Error & { code?: unknown }, depth: number): Record<string, unknown> {
  return {
    name: error.name,
    message: redactText(String(error.message)),
    ...(error.code === undefined ? {} : { code: redact(error.code, depth + 1) }),
    stack: redactText(String(error.stack ?? '')),
    ...(error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1) }),
    ...(error instanceof AggregateError ? { errors: redact(error.errors, depth + 1) } : {}),
  }
}

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // Query parameters that let their holder in, also of the clouds' signed URLs.
  [
    /([?&](?:[\w-]*signature|sig|[\w-]*token|[\w-]*password|code|grant|upload_id|Policy)=)[^&\s"']+/gi,
    `$1${HIDDEN}`,
  ],
  // The same in the cookies of two CDNs, and keys in a connection string of Azure.
  [/\b((?:CloudFront-(?:Signature|Policy)|AccountKey|SharedAccessKey)=)[^;\s"']+/g, `$1${HIDDEN}`],
  [/(\bCloud-CDN-Cookie=[^;\s"']*:Signature=)[^;\s"']+/g, `$1${HIDDEN}`],
  [/\b(bearer|basic)\s+[\w.~+/=-]+/gi, `$1 ${HIDDEN}`],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, HIDDEN],
  // The grant in a media URL's path, and the password in a connection string.
  [/(\/media\/\d+\.\d+\.)[\w-]+/g, `$1${HIDDEN}`],
  [/(\w+:\/\/[^\s:/@]+:)[^\s/]+@/g, `$1${HIDDEN}@`],
  // drizzle puts the values of a failed query into its message: e-mail addresses, hashes.
  [/(\nparams: )[^\n]*/g, `$1${HIDDEN}`],
]

function redactText(text: string): string {
  const cut = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text
  return PATTERNS.reduce((now, [pattern, by]) => now.replace(pattern, by), cut)
}
