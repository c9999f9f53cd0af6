import { Problem } from './problem.ts'

/** Default limit of a JSON body in bytes. */
export const JSON_MAX_BYTES = 262_144
/** Deepest nesting of arrays and objects that is read. */
export const JSON_MAX_DEPTH = 32

/**
 * Reads a JSON body. Throws a Problem: 413 too large, 415 other type, 400 bad UTF-8, bad JSON or too deep.
 * Size and depth are looked at before parsing: a body of brackets costs us one pass, no stack.
 */
export function readJsonBody(
  body: Uint8Array,
  contentType: string | undefined,
  maxBytes = JSON_MAX_BYTES,
): unknown {
  if (body.byteLength > maxBytes) throw tooLarge(maxBytes)
  if (!isJson(contentType)) throw unsupportedType(contentType, ['application/json'])
  if (deepest(body) > JSON_MAX_DEPTH)
    throw badJson(`JSON may nest ${JSON_MAX_DEPTH} levels at most.`, 'json-too-deep')
  return parse(decodeUtf8(body))
}

/** Decodes strictly; 400 `invalid-utf8` where a lenient decoder would put U+FFFD. */
export function decodeUtf8(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch (cause) {
    throw badJson('The body is not valid UTF-8.', 'invalid-utf8', cause)
  }
}

/** 413 with the limit in bytes. */
export function tooLarge(maxBytes: number): Problem {
  const detail = `The body may have ${maxBytes} bytes at most.`
  return new Problem({ status: 413, code: 'body-too-large', title: 'The body is too large', detail })
}

/** 415 naming what would be taken. */
export function unsupportedType(got: string | undefined, wanted: readonly string[]): Problem {
  const detail = `Send ${wanted.join(' or ')}, not ${got ?? 'a body without content-type'}.`
  return new Problem({ status: 415, code: 'unsupported-media-type', title: 'Unsupported media type', detail })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw badJson('The body is not valid JSON.', 'invalid-json', cause)
  }
}

function badJson(detail: string, code: string, cause?: unknown): Problem {
  return new Problem({ status: 400, code, title: 'The body cannot be read', detail }, { cause })
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType ?? '')
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN = new Set([0x5b, 0x7b])
const CLOSE = new Set([0x5d, 0x7d])

function deepest(body: Uint8Array): number {
  let depth = 0
  let max = 0
  let inString = false
  for (let i = 0; i < body.length; i++) {
    const byte = body[i] as number
    if (inString) {
      if (byte === BACKSLASH) i++
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) inString = true
    else if (OPEN.has(byte)) max = Math.max(max, ++depth)
    else if (CLOSE.has(byte)) depth--
  }
  return max
}
