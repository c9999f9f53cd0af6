/**
 * The keys of a secret that is one key or a JSON list of them, newest first: the first signs, all verify. So a key is
 * replaced without a moment in which what was signed a minute ago is refused.
 */
export function keyList(secret: string): readonly [string, ...string[]] {
  if (!secret.trimStart().startsWith('[')) return [secret]
  const [first, ...others] = listIn(secret).filter((key) => typeof key === 'string' && key !== '')
  if (typeof first !== 'string') throw new Error('a list of keys in a secret has no key')
  return [first, ...others.filter((key) => typeof key === 'string')]
}

/** Entries of a secret that is a JSON list. Without the parser's error as cause: its message repeats a piece of the text. */
export function listIn(secret: string): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(secret)
    return Array.isArray(list) ? list : []
  } catch {
    throw new Error('a secret begins as a JSON list and is none')
  }
}
