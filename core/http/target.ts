import { Problem } from './problem.ts'

/** Decoded path and raw query of a request's target. */
export interface Target {
  readonly path: string
  readonly search: string
}

/**
 * Path and query of `/a?b`, and of the absolute form, whose authority is not looked at. `//evil.example/x` is a path.
 * Throws a 400 Problem for a path that does not begin with `/`, is badly encoded, or holds `.` or `..` segments or
 * control characters.
 */
export function splitTarget(target: string): Target {
  const origin = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?]*/i, '')
  const mark = origin.indexOf('?')
  const raw = mark < 0 ? origin : origin.slice(0, mark)
  return { path: decodePath(raw === '' ? '/' : raw), search: mark < 0 ? '' : origin.slice(mark + 1) }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const CONTROL = /[\u0000-\u001f\u007f]/

/** The path with its percent-encoding undone; throws as `splitTarget` does. */
export function decodePath(raw: string): string {
  const path = raw.includes('%') ? decode(raw) : raw
  if (!path.startsWith('/')) throw badPath('It must begin with "/".')
  if (path.includes('/.') && /\/\.\.?(?:\/|$)/.test(path))
    throw badPath('It may not hold "." or ".." segments.')
  if (path !== raw && CONTROL.test(path)) throw badPath('It may not hold control characters.')
  return path
}

function decode(raw: string): string {
  try {
    return decodeURIComponent(raw)
  } catch (cause) {
    throw badPath('Its percent-encoding is broken.', cause)
  }
}

const badPath = (detail: string, cause?: unknown) =>
  new Problem({ status: 400, code: 'bad-path', title: 'The path cannot be read', detail }, { cause })
