/** Whether a pattern of a gateway (`/v1/videos/*`, with one `*` at its end) takes a path, and how much of it it names. */
export function matched(pattern: string, path: string): number {
  if (pattern === path) return path.length + 1
  if (!pattern.endsWith('*')) return -1
  return path.startsWith(pattern.slice(0, -1)) ? pattern.length - 1 : -1
}

/** The value of the longest pattern that takes the path. */
export function longest<T>(
  path: string,
  patterns: readonly (readonly [pattern: string, value: T])[],
): T | undefined {
  const taken = patterns
    .map(([pattern, value]) => ({ value, length: matched(pattern, path) }))
    .filter(({ length }) => length >= 0)
  return taken.sort((a, b) => b.length - a.length)[0]?.value
}
