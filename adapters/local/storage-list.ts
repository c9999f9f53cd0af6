import { namesIn, readJson } from './storage-files.ts'
import type { Description } from './storage-objects.ts'
import { decodeSegment, type Entry, readEntry } from './storage-paths.ts'

interface Page {
  readonly prefix: string
  readonly after: string | undefined
}

/** Objects in the byte order of their keys. Folders that cannot hold one of them are not opened. */
export async function* walk(folder: string, page: Page, base = ''): AsyncGenerator<Description> {
  for (const { name, entry } of await sortedEntries(folder)) {
    const key = base + name
    if (entry.kind === 'folder') {
      if (mayHold(key, page)) yield* walk(entry.path, page, key)
    } else if (key.startsWith(page.prefix) && (page.after === undefined || compare(key, page.after) > 0)) {
      const found = await readJson<Description>(entry.path)
      if (found) yield found
    }
  }
}

/** `under` ends with `/`. */
function mayHold(under: string, { prefix, after }: Page): boolean {
  if (!under.startsWith(prefix) && !prefix.startsWith(under)) return false
  return after === undefined || after.startsWith(under) || compare(under, after) > 0
}

interface Named {
  readonly name: string
  readonly entry: Entry
}

/** With `/` behind a folder's name, so that `a`, `a-b`, `a/c`, `a0` come as their keys do. */
async function sortedEntries(folder: string): Promise<Named[]> {
  const entries = await entriesOf(folder, '')
  const named = entries.map((entry) => ({
    name: decodeSegment(entry.encoded) + (entry.kind === 'folder' ? '/' : ''),
    entry,
  }))
  return named.sort((a, b) => compare(a.name, b.name))
}

async function entriesOf(folder: string, before: string): Promise<Entry[]> {
  const found: Entry[] = []
  for (const name of await namesIn(folder)) {
    const entry = readEntry(folder, name)
    if (!entry) continue
    const encoded = before + entry.encoded
    if (entry.kind === 'more') found.push(...(await entriesOf(entry.path, encoded)))
    else found.push({ ...entry, encoded })
  }
  return found
}

const ASCII = /^[\u0020-\u007e]*$/

/** By UTF-8 bytes. JavaScript's own order, by UTF-16 units, differs for characters past U+FFFF. */
function compare(a: string, b: string): number {
  if (ASCII.test(a) && ASCII.test(b)) return a < b ? -1 : a > b ? 1 : 0
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
