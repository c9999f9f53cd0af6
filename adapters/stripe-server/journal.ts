import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { MemoryStore } from './memory-store.ts'
import type { StripeObject } from './store.ts'

interface Line {
  readonly put: readonly StripeObject[]
  readonly removed: readonly string[]
}

/**
 * Keeps the store in a file of JSON lines, one for each operation, and reads it back first. The file is not flushed to
 * the disk: it outlives a crash of the process, not one of the machine.
 */
export function keepJournal(store: MemoryStore, file: string): void {
  mkdirSync(dirname(file), { recursive: true })
  for (const line of existsSync(file) ? readJournal(readFileSync(file, 'utf8')) : []) {
    store.load(line.put, line.removed)
  }
  compact(store, file)
  store.onCommit(({ put, removed }) => appendFileSync(file, `${JSON.stringify({ put, removed })}\n`))
}

/** The operations of a journal. A last line that was torn by a crash is left out; any other bad line is an error. */
export function readJournal(text: string): Line[] {
  const lines = text.split('\n')
  const torn = lines.pop()
  const read = lines.filter(Boolean).map((line) => JSON.parse(line) as Line)
  return torn ? [...read, ...readTorn(torn)] : read
}

// A line without its line break may still be whole; it never counts as half an operation.
function readTorn(line: string): Line[] {
  try {
    return [JSON.parse(line) as Line]
  } catch {
    return []
  }
}

function compact(store: MemoryStore, file: string): void {
  const fresh = `${file}.new`
  const lines = [...store.everything()].map((object) => `${JSON.stringify({ put: [object], removed: [] })}\n`)
  writeFileSync(fresh, lines.join(''))
  renameSync(fresh, file)
}
