import { type Param, type Params, StripeFailure } from './store.ts'

// Keys that a caller names: `metadata[0]` is a name, not a place in a list.
const NAMED = new Set(['metadata', 'payload', 'currency_options'])

/** Parameters of a form or a query: `items[0][price]=p` is `{ items: [{ price: 'p' }] }`. */
export function decodeForm(text: string): Params {
  const root: Params = {}
  for (const [name, value] of new URLSearchParams(text)) place(root, partsOf(name), value)
  return asLists(root)
}

/** Parameters of a JSON body (`/v2/`): leaves become text, as in forms. Null unsets. */
export function decodeJson(text: string): Params {
  if (!text.trim()) return {}
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (error) {
    throw new StripeFailure(
      400,
      { type: 'invalid_request_error' },
      `Invalid JSON body: ${(error as Error).message}`,
    )
  }
  const params = asParam(body)
  if (typeof params === 'string' || Array.isArray(params)) throw badName('body')
  return params
}

function partsOf(name: string): string[] {
  const first = name.indexOf('[')
  if (first < 0) return [name]
  const inner = [...name.slice(first).matchAll(/\[([^\]]*)\]/g)].map((found) => found[1] ?? '')
  return [name.slice(0, first), ...inner]
}

function place(root: Params, parts: readonly string[], value: string): void {
  let at = root
  parts.forEach((part, index) => {
    if (part === '__proto__') throw badName(part)
    const key = part === '' ? String(Object.keys(at).length) : part
    if (index === parts.length - 1) at[key] = value
    else {
      const inner = Object.hasOwn(at, key) ? at[key] : undefined
      if (typeof inner === 'string' || Array.isArray(inner)) throw badName(parts.join('.'))
      const next = inner ?? {}
      at[key] = next
      at = next
    }
  })
}

function asLists(params: Params): Params {
  const out: Params = {}
  for (const [name, value] of Object.entries(params)) {
    out[name] = typeof value === 'string' || Array.isArray(value) ? value : listOr(name, value)
  }
  return out
}

function listOr(name: string, value: Params): Param {
  const inner = asLists(value)
  const keys = Object.keys(inner)
  const numbered = keys.length > 0 && keys.every((key) => /^\d+$/.test(key))
  return numbered && !NAMED.has(name) ? Object.values(inner) : inner
}

function asParam(value: unknown): Param {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(asParam)
  if (typeof value !== 'object') return String(value)
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asParam(inner)]))
}

function badName(param: string): StripeFailure {
  return new StripeFailure(400, { type: 'invalid_request_error', param }, `Invalid parameter: ${param}`)
}
